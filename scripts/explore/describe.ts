import { duration } from '../../fleet/duration.ts';
import { sentenceOf } from '../../e2e/explore/run-step.ts';
import type { FoundFiles } from './found-files.ts';
import type { Found, Progress } from './search.ts';

/** `2 min: 84 sequences, 2110 steps; 21.4 steps/s in those without slow steps`. */
export function describeProgress({ sequences, steps, quick }: Progress, seconds: number): string {
  const rate = quick.seconds === 0 ? 0 : quick.steps / quick.seconds;
  return (
    `${duration(seconds * 1000)}: ${sequences} sequences, ${steps} steps; ` +
    `${rate.toFixed(1)} steps/s in those without slow steps`
  );
}

export function describeFound(found: Found): string {
  const { first, foundAfter, shortest } = found;
  const { steps, message } = shortest ?? first;
  return [
    '',
    `Found after ${duration(foundAfter * 1000)}, in a sequence of ${first.steps.length} steps${describeShrinking(found)}:`,
    ...steps.map((step, index) => `  ${index + 1}. ${sentenceOf(step)}`),
    message,
  ].join('\n');
}

function describeShrinking({ shortest, shrunkIn, fault }: Found): string {
  const isEarly = fault !== undefined;
  if (!shortest && isEarly) return '. Shrinking ended before it was played again';
  if (!shortest) return '. The same sequence did not fail again, so it depends on timing';
  const left = `; ${shortest.steps.length} are left after ${duration(shrunkIn * 1000)} of shrinking`;
  return isEarly ? `${left}, which ended early` : left;
}

/** Where a found sequence was written, and the commands that run it again. */
export function describeFiles(files: FoundFiles, { seed, number }: { seed: number; number: number }): string {
  return [
    '',
    `Spec:            ${files.spec}     npm run e2e -- ${files.filter}`,
    `Regression stub: ${files.stub}`,
    `Again:           npm run explore -- --seed ${seed} --from ${number}${files.options}`,
  ].join('\n');
}
