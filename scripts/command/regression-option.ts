import { missingIn } from '../../e2e/engine-in-use.ts';
import { regressionNamed } from '../../fixtures/regressions/catalogue.ts';
import type { Regression } from '../../fixtures/regressions/regression.ts';
import { engineNames, engineOf } from '../../fleet/engines/engines.ts';
import type { Engine, FleetOptions } from '../../fleet/engines/shared/engine.ts';
import { CannotRunHere } from '../../fleet/errors.ts';

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
