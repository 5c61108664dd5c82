import { styleText } from 'node:util';
import { missingIn } from '../../e2e/engine-in-use.ts';
import { regressionNamed, type Regression } from '../../fixtures/regression.ts';
import { engineNames } from '../../fleet/engines/engines.ts';
import { capabilitiesOf } from '../../fleet/engines/shared/capabilities.ts';
import type { Engine, FleetOptions } from '../../fleet/engines/shared/engine.ts';
import { CannotRunHere, exitCodes, HarnessError } from '../../fleet/errors.ts';
import { printList } from './output.ts';

/**
 * The options of a fleet that has the regression of `--regression <name>`; without a name, of one that has none.
 * @param command that the name is given to. @throws HarnessError when there is no such regression; CannotRunHere when
 * it cannot exist on the engine.
 */
export async function withRegression(
  engine: Engine,
  name: string | undefined,
  all: readonly Regression[],
  command: string,
): Promise<Pick<FleetOptions, 'changes'>> {
  if (name === undefined) return {};
  const regression = regressionNamed(name, all);
  refuseIfImpossible(engine, regression, `${command} --regression ${name}`);
  return { changes: [regression.change] };
}

/** @param command that shows the regression. @throws CannotRunHere when it cannot exist on the engine. */
export function refuseIfImpossible(engine: Engine, { name, needs }: Regression, command: string): void {
  const missing = missingIn(engine, needs);
  if (missing.length === 0) return;
  const able = engineNames.find(
    (candidate) => missingIn({ capabilities: capabilitiesOf[candidate] }, needs).length === 0,
  );
  throw new CannotRunHere(
    `${name} cannot exist on the ${engine.name} engine, which cannot: ${missing.join(', ')}. ` +
      (able ? `Run: ${command} --engine ${able}` : 'No engine can.'),
  );
}

export function printRegressions(chosen: readonly Regression[]): void {
  for (const [area, its] of Map.groupBy(chosen, ({ area }) => area)) {
    console.log(styleText('bold', `\n${area}`));
    printList(its.map(({ name, title }) => [`  ${name}`, title]));
  }
}

/** Prints a catalogue. @param filter text that the area, the name or the title contains. */
export function printCatalogue(all: readonly Regression[], filter = ''): number {
  const text = filter.toLowerCase();
  const chosen = all.filter((regression) =>
    [regression.area, regression.name, regression.title].some((part) => part.toLowerCase().includes(text)),
  );
  if (chosen.length === 0)
    throw new HarnessError(
      `No regression has "${filter}" in its area, name or title. Run without it to see all of them.`,
    );
  printRegressions(chosen);
  return exitCodes.passed;
}
