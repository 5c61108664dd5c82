import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { duration } from '../../fleet/duration.ts';
import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import { CannotRunHere, HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { trustAuthority } from '../../fleet/run/authority.ts';
import { missingIn } from '../engine-in-use.ts';
import { maxAnswerMs } from './replay.ts';
import { stepSentence } from './run-step.ts';
import { playerOn, search, type FailedSequence, type FoundSequence } from './search.ts';
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

/** Prints a found sequence, then writes it as a spec, which the suite runs: a failing write loses nothing. */
export async function reportFound(
  found: FoundSequence,
  { seed, regression }: { seed: number; regression?: string },
  root = repositoryRoot,
): Promise<void> {
  console.log(describeFound(found));
  const name = `seed-${seed}-${found.number}${regression ? `-${regression}` : ''}`;
  const spec = `e2e/found/${name}.spec.ts`;
  const source = specSource(found.shortest ?? found.first, `${name}: a sequence that explore found`, seed);
  const filepath = join(root, spec);
  mkdirSync(dirname(filepath), { recursive: true });
  const style = await resolveConfig(join(repositoryRoot, spec));
  writeFileSync(filepath, await format(source, { ...style, filepath }));
  const again = regression ? ` --regression ${regression}` : '';
  console.log(`
Spec:   ${spec}     npm run e2e -- found/${name}.spec.ts
Again:  npm run prove -- explore --seed ${seed} --from ${found.number}${again}`);
}

export function describeFound({ first, foundAfter, shortest, shrunkIn, fault }: FoundSequence): string {
  const { steps, message } = shortest ?? first;
  const notAgain = '. The same sequence did not fail again, so it depends on timing';
  const shrunk = shortest
    ? `; ${steps.length} are left after ${duration(shrunkIn * 1000)} of shrinking`
    : fault === undefined
      ? notAgain
      : '';
  return [
    '',
    `Found after ${duration(foundAfter * 1000)}, in a sequence of ${first.steps.length} steps${shrunk}:`,
    ...steps.map((step, index) => `  ${index + 1}. ${stepSentence(step)}`),
    message,
  ].join('\n');
}

/** The source of a spec that runs a sequence. Each step may take 10 s on a quiet machine, and the start 60 s. */
const specSource = ({ steps, message }: FailedSequence, title: string, seed: number): string =>
  `import { replay } from '../explore/replay.ts';
import { test } from '../fixtures/index.ts';

test.use({ needs: ['store', 'authentik-control', 'rollout', 'kill'] });
test.setTimeout(${(60 + 10 * steps.length) * 1000});

// ${message.replaceAll('\n', ' ')}
test(${JSON.stringify(title)}, async ({ fleet, clientId }) => {
  // Found with seed ${seed}. Give it a name, and move it to the folder of what it shows.
  await replay({ fleet, clientId }, [
${steps.map((step) => `    // ${stepSentence(step)}\n    ${JSON.stringify(step)},`).join('\n')}
  ]);
});
`;
