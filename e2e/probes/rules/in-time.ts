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

/** How long a pod, or what is in front of it, took to answer a request. */
export interface Timed {
  /** Without its query. */
  address: string;
  method: string;
  pod: string | undefined;
  /** Milliseconds. */
  took: number;
}

/**
 * Says of requests of one address which pods took over 2 s each time.
 * @param ofAll what to look at when every pod is slow.
 */
function lateAt(timed: readonly Timed[], ofAll: string): string | undefined {
  const quickest = [...Map.groupBy(timed, ({ pod }) => pod)].map(([pod, its]) => ({
    pod,
    took: Math.min(...its.map(({ took }) => took)),
  }));
  const late = quickest.filter(({ took }) => took > slow);
  const [first] = timed;
  if (!first || late.length === 0) return undefined;
  const pods = late.flatMap(({ pod }) => pod ?? []);
  const by = late.map(({ pod, took }) => `${(took / 1_000).toFixed(1)} s${pod === undefined ? '' : ` by ${pod}`}`);
  const advice =
    late.length < quickest.length
      ? `look at the log of ${pods.join(' and ')}, at what it waits for and at its limit of CPU`
      : ofAll;
  const { address, method } = first;
  return `${new URL(address).host} answers slowly (${method} ${address}; the quickest of ${timed.length}: ${by.join(', ')}): ${advice}.`;
}

/**
 * Asks the same several times. @param ofAll what to look at when every pod is slow.
 * @returns one of the answers. @throws Slow when even the quickest of a pod, or of all without a name, took over 2 s.
 */
export async function inTime(get: () => Promise<LiveResponse>, ofAll = anywhere): Promise<LiveResponse> {
  const timed = async () => {
    const startedAt = performance.now();
    const answer = await get();
    return { answer, pod: podIn(answer.headers), took: performance.now() - startedAt };
  };
  const answers = await Promise.all(Array.from({ length: requests }, timed));
  const { answer } = answers[0]!;
  const late = lateAt(
    answers.map(({ pod, took }) => ({ address: answer.url, method: 'GET', pod, took })),
    ofAll,
  );
  // In the form of Unreachable, so that hosts with one cause are one finding.
  if (late) throw new Slow(late);
  return answer;
}

/** Says which addresses were slow each time, of those that a pod, or an address without pods, answered twice at least. */
export const lateSteps = (steps: readonly Timed[]): string[] =>
  [...Map.groupBy(steps, ({ address, method }) => `${method} ${address}`).values()].flatMap((ofAddress) => {
    const ofPods = Map.groupBy(ofAddress, ({ pod }) => pod);
    return (
      lateAt(
        ofAddress.filter(({ pod }) => ofPods.get(pod)!.length > 1),
        anywhere,
      ) ?? []
    );
  });

export const isLate = ({ took }: Timed): boolean => took > slow;
