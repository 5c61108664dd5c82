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

export function describeFound(
  { first, foundAfter, shortest, shrunkIn, number }: Found,
  { seed, files }: { seed: number; files: FoundFiles },
): string {
  const { steps, message } = shortest ?? first;
  return [
    '',
    `Found after ${duration(foundAfter * 1000)}, in a sequence of ${first.steps.length} steps` +
      (shortest
        ? `; ${steps.length} are left after ${duration(shrunkIn * 1000)} of shrinking:`
        : '. The same sequence did not fail again, so it depends on timing:'),
    ...steps.map((step, index) => `  ${index + 1}. ${sentenceOf(step)}`),
    message,
    '',
    `Spec:            ${files.spec}     npm run e2e -- ${files.filter}`,
    `Regression stub: ${files.stub}`,
    `Again:           npm run explore -- --seed ${seed} --from ${number}${files.options}`,
  ].join('\n');
}
