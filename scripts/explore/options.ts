import { missingIn } from '../../e2e/fixtures/engine-in-use.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { CannotRunHere, HarnessError } from '../../fleet/errors.ts';

export interface ExploreOptions {
  minutes: number;
  seed?: number;
  from?: number;
  engine?: string;
  run?: string;
  regression?: string;
  fleetChanges: boolean;
}

/** Numbers above it would take minutes to reach, without a line: the sequences before it are generated. */
const maxFrom = 100_000;

const always = ['store', 'authentik-control'] as const;
const forFleetChanges = ['rollout', 'kill'] as const;

/** @throws HarnessError when the options do not fit together, CannotRunHere when they do not fit the engine. */
export function checkOptions(
  { seed, from, run, regression, fleetChanges }: ExploreOptions,
  engine: Pick<Engine, 'name' | 'capabilities'>,
): void {
  if (from !== undefined && seed === undefined)
    throw new HarnessError('--from is a number among the sequences of a seed. Give both: --seed <n> --from <n>');
  if (from !== undefined && from > maxFrom)
    throw new HarnessError(
      `No search comes to sequence ${from}. Give the number that it printed: --from <n>, at most ${maxFrom}`,
    );
  if (run !== undefined && regression !== undefined)
    throw new HarnessError(
      '--regression needs a fleet of its own, and --run uses one that is up. Leave one of them out.',
    );
  const missing = missingIn(engine, always);
  if (missing.length > 0)
    throw new CannotRunHere(`The ${engine.name} engine cannot: ${missing.join(', ')}. Use another: --engine local`);
  const missingForChanges = missingIn(engine, forFleetChanges);
  if (missingForChanges.length > 0 && fleetChanges)
    throw new CannotRunHere(
      `The ${engine.name} engine cannot: ${missingForChanges.join(', ')}. Leave such steps out: --no-fleet-changes`,
    );
}
