import { duration } from '../../fleet/duration.ts';
import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import { CannotRunHere, HarnessError } from '../../fleet/errors.ts';
import { trustAuthority } from '../../fleet/run/authority.ts';
import { missingIn } from '../engine-in-use.ts';
import { reportFound } from './found.ts';
import { maxAnswerMs } from './replay.ts';
import { playerOn, search } from './search.ts';
import { World } from './world.ts';

export interface ExploreOptions {
  minutes: number;
  seed?: number;
  from?: number;
  engine?: string;
  run?: string;
  regression?: string;
}

const shrinkMs = 180_000;
/** Milliseconds between two lines of progress. */
const everyMs = 10_000;

/** @throws HarnessError when the options do not fit together, CannotRunHere when they do not fit the engine. */
export function checkOptions({ seed, from }: ExploreOptions, engine: Pick<Engine, 'name' | 'capabilities'>): void {
  if (from !== undefined && seed === undefined)
    throw new HarnessError('--from is a number among the sequences of a seed. Give both: --seed <n> --from <n>');
  const missing = missingIn(engine, ['store', 'authentik-control', 'rollout', 'kill']);
  if (missing.length > 0)
    throw new CannotRunHere(`The ${engine.name} engine cannot: ${missing.join(', ')}. Use another: --engine local`);
}

/** Searches on a fleet, and prints and writes what it finds. @returns whether nothing was found. */
export async function explore(
  fleet: Fleet,
  options: ExploreOptions & { seed: number },
  { slowness, signal, progress }: { slowness: number; signal: AbortSignal; progress: (line: string) => void },
): Promise<boolean> {
  const { seed, from = 0, minutes } = options;
  trustAuthority(fleet.edge.caFile);
  const begin = performance.now();
  let nextLine = everyMs;
  const lineOf = ({ sequences, steps }: { sequences: number; steps: number }): string =>
    `${duration(performance.now() - begin)}: ${sequences} sequences, ${steps} steps`;
  await using world = await World.on(fleet, { clientId: `explore-${seed}`, maxAnswerMs: maxAnswerMs * slowness });
  const result = await search(playerOn(world), {
    seed,
    from,
    searchMs: minutes * 60_000,
    shrinkMs,
    signal,
    report: (now) => {
      if (performance.now() - begin < nextLine) return;
      nextLine = performance.now() - begin + everyMs;
      progress(lineOf(now));
    },
    shrinking: ({ message, steps }) => progress(`Found after ${steps.length} steps: ${message}\nShrinking …`),
  });
  console.log(lineOf(result.progress));
  if (!result.found) {
    console.log(`Nothing found with seed ${seed}.`);
    return true;
  }
  await reportFound(result.found, { ...options, seed });
  if (result.found.fault !== undefined) throw result.found.fault;
  return false;
}
