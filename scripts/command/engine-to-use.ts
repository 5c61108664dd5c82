import type { Engines } from '../../fleet/engines/engines.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';

const usual = 'local';

/** The named engine; without a name, the engine of the run to use, or the default. */
export function engineToUse(
  { engine, run }: { engine?: string; run?: string },
  { engineOf, engineOfRun }: Engines,
): Engine {
  if (run === undefined) return engineOf(engine ?? usual);
  const itsOwn = engineOfRun(run);
  if (engine === undefined || engine === itsOwn.name) return itsOwn;
  throw new HarnessError(`${run} runs on the ${itsOwn.name} engine, not on ${engine}. Leave --engine out.`);
}
