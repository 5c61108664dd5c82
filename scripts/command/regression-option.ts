import { styleText } from 'node:util';
import { missingIn } from '../../e2e/engine-in-use.ts';
import { regressionNamed, regressions } from '../../fixtures/regressions/catalogue.ts';
import type { Regression } from '../../fixtures/regressions/regression.ts';
import { engineNames, engineOf } from '../../fleet/product/fleet.ts';
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
  command: string,
): Promise<Pick<FleetOptions, 'changes'>> {
  if (name === undefined) return {};
  const regression = regressionNamed(name);
  refuseIfImpossible(engine, regression, `${command} --regression ${name}`);
  return { changes: [regression.change] };
}

/** @param command that shows the regression. @throws CannotRunHere when it cannot exist on the engine. */
export function refuseIfImpossible(engine: Engine, { name, needs }: Regression, command: string): void {
  const missing = missingIn(engine, needs);
  if (missing.length === 0) return;
  const able = engineNames.find((candidate) => missingIn(engineOf(candidate), needs).length === 0);
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

/** Prints the catalogue. @param filter text that the area, the name or the title contains. */
export function printCatalogue(filter = ''): number {
  const text = filter.toLowerCase();
  const chosen = regressions().filter((regression) =>
    [regression.area, regression.name, regression.title].some((part) => part.toLowerCase().includes(text)),
  );
  if (chosen.length === 0)
    throw new HarnessError(
      `No regression has "${filter}" in its area, name or title. Run without it to see all of them.`,
    );
  printRegressions(chosen);
  return exitCodes.passed;
}
