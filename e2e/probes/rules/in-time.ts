import type { LiveResponse } from '../../../fleet/engines/live/live.ts';
import { podIn } from '../../../fleet/pod-names.ts';
import { CheckFailed } from '../check.ts';

/** Milliseconds. Slower than this, all checks of a host would take minutes. */
const slow = 2_000;

/** Side by side, so that each pod is likely to answer. */
const requests = 6;

const anywhere = 'look at what its pods wait for, at their limits of CPU, and at the way there';

/** Answers came, and each of a pod too slowly to go on. */
export class Slow extends CheckFailed {}

/**
 * Asks the same several times. @param ofAll what to look at when every pod is slow.
 * @returns one of the answers. @throws Slow when even the quickest of a pod, or of all without a name, took over 2 s.
 */
export async function inTime(get: () => Promise<LiveResponse>, ofAll = anywhere): Promise<LiveResponse> {
  const timed = async () => {
    const startedAt = performance.now();
    const answer = await get();
    return { answer, took: performance.now() - startedAt };
  };
  const answers = await Promise.all(Array.from({ length: requests }, timed));
  const quickest = [...Map.groupBy(answers, ({ answer }) => podIn(answer.headers))].map(([pod, its]) => ({
    pod,
    took: Math.min(...its.map(({ took }) => took)),
  }));
  const late = quickest.filter(({ took }) => took > slow);
  const { answer } = answers[0]!;
  if (late.length === 0) return answer;
  const pods = late.flatMap(({ pod }) => pod ?? []);
  const by = late.map(({ pod, took }) => `${(took / 1_000).toFixed(1)} s${pod === undefined ? '' : ` by ${pod}`}`);
  const advice =
    late.length < quickest.length
      ? `look at the log of ${pods.join(' and ')}, at what it waits for and at its limit of CPU`
      : ofAll;
  // In the form of Unreachable, so that hosts with one cause are one finding.
  throw new Slow(
    `${new URL(answer.url).host} answers slowly (GET ${answer.url}; the quickest of ${requests}: ${by.join(', ')}): ${advice}.`,
  );
}
