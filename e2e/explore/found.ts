import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { duration } from '../../fleet/duration.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { stepSentence } from './run-step.ts';
import type { FailedSequence, FoundSequence } from './search.ts';

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
