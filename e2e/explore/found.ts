import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { duration } from '../../fleet/duration.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { sentenceOf } from './run-step.ts';
import type { FailedSequence, FoundSequence } from './search.ts';

/** What the command was given, to print how it is run again. */
export interface SearchContext {
  seed: number;
  options: { regression?: string; fleetChanges: boolean };
}

/** Prints a found sequence, then writes it as a spec, which the suite runs: a failing write loses nothing. */
export async function reportFound(
  found: FoundSequence,
  { seed, options }: SearchContext,
  root = repositoryRoot,
): Promise<void> {
  console.log(describeFound(found));
  const name = `seed-${seed}-${found.number}${options.regression ? `-${options.regression}` : ''}`;
  const filter = `found/${name}.spec.ts`;
  const spec = `e2e/${filter}`;
  const failed = found.shortest ?? found.first;
  const source = await formatted(spec, specSource(failed, `${name}: a sequence that explore found`, seed));
  await write(root, spec, source);
  // A copy for who has only the reports, as of a job at night.
  await write(root, `reports/explore/${name}.spec.ts`, source);
  const regression = options.regression ? ` --regression ${options.regression}` : '';
  const again = `${regression}${options.fleetChanges ? '' : ' --no-fleet-changes'}`;
  console.log(`
Spec:   ${spec}     npm run e2e -- ${filter}
Again:  npm run explore -- --seed ${seed} --from ${found.number}${again}`);
}

export function describeFound({ first, foundAfter, shortest, shrunkIn, fault }: FoundSequence): string {
  const { steps, message } = shortest ?? first;
  const notAgain =
    fault === undefined
      ? '. The same sequence did not fail again, so it depends on timing'
      : '. Shrinking ended before it was played again';
  const shrunk = shortest
    ? `; ${steps.length} are left after ${duration(shrunkIn * 1000)} of shrinking${fault === undefined ? '' : ', which ended early'}`
    : notAgain;
  return [
    '',
    `Found after ${duration(foundAfter * 1000)}, in a sequence of ${first.steps.length} steps${shrunk}:`,
    ...steps.map((step, index) => `  ${index + 1}. ${sentenceOf(step)}`),
    message,
  ].join('\n');
}

const comment = (text: string): string => text.replaceAll('\n', ' ');

/** The source of a spec that runs a sequence. Each step may take 10 s on a quiet machine, and the start 60 s. */
const specSource = ({ steps, message }: FailedSequence, title: string, seed: number): string =>
  `import { replay } from '../explore/replay.ts';
import { test } from '../fixtures/index.ts';

test.use({ needs: ['store', 'authentik-control', 'rollout', 'kill'] });
test.setTimeout(${(60 + 10 * steps.length) * 1000});

// ${comment(message)}
test(${JSON.stringify(title)}, async ({ fleet, browser, clientId }) => {
  // Found with seed ${seed}. Give it a name, and move it to the folder of what it shows.
  await replay({ fleet, browser, clientId }, [
${steps.map((step) => `    // ${comment(sentenceOf(step))}\n    ${JSON.stringify(step)},`).join('\n')}
  ]);
});
`;

/** A source as this repository formats it. @param file relative to the repository. */
const formatted = async (file: string, source: string): Promise<string> => {
  const filepath = join(repositoryRoot, file);
  return format(source, { ...(await resolveConfig(filepath)), filepath });
};

/** @throws HarnessError */
async function write(root: string, file: string, source: string): Promise<void> {
  const path = join(root, file);
  try {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, source);
  } catch (cause) {
    throw new HarnessError(
      `${path} cannot be written: ${(cause as Error).message}. Delete what is there, or make the folder writable.`,
      { cause },
    );
  }
}
