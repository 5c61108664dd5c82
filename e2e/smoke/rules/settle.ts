import { setTimeout as delay } from 'node:timers/promises';
import { Unreachable } from '../../../fleet/engines/live/unreachable.ts';

/** A pod's report about itself; empty strings for missing values. */
export interface Sample {
  pod: string;
  revision: string;
  /** Why the response does not count, such as its status. */
  failure?: string;
}

export interface SettleOptions<S extends Sample> {
  take: () => Promise<S>;
  /** The revision that all must have. Absent: all must have the same one. */
  wanted?: string | undefined;
  /** Consecutive responses that are required. */
  streak: number;
  /** Milliseconds for that. With 0 the first response that differs ends it. */
  wait: number;
  /** Milliseconds before the next attempt after a response that does not match. */
  pause?: number;
}

export interface Settled<S extends Sample> {
  settled: boolean;
  /** All, oldest first. */
  samples: S[];
  /** The last responses, which agree. */
  agreeing: S[];
}

/**
 * Sends requests until `streak` consecutive responses come from one revision. One response proves nothing while old and
 * new pods serve side by side: with half of the pods old, 20 in a row happen by chance once in a million times.
 */
export async function settle<S extends Sample>({
  take,
  wanted,
  streak,
  wait,
  pause = 250,
}: SettleOptions<S>): Promise<Settled<S>> {
  const deadline = performance.now() + wait;
  const samples: S[] = [];
  let agreeing: S[] = [];
  while (agreeing.length < streak) {
    const sample = await take();
    samples.push(sample);
    const expected = wanted ?? agreeing[0]?.revision ?? sample.revision;
    if (sample.failure === undefined && sample.revision !== '' && sample.revision === expected) {
      agreeing.push(sample);
      continue;
    }
    agreeing = wanted === undefined && sample.failure === undefined && sample.revision !== '' ? [sample] : [];
    if (performance.now() + pause > deadline) return { settled: false, samples, agreeing };
    await delay(pause);
  }
  return { settled: true, samples, agreeing };
}

/** A sample for a host that does not respond. During a rollout that is a normal result. */
export const unanswered = (error: unknown): Sample => {
  if (error instanceof Unreachable) return { pod: '', revision: '', failure: error.message };
  throw error;
};

/** `operator-a on 1.4.0 (11 x), operator-b on 1.3.0 (9 x)`. */
export function tally(samples: readonly Sample[]): string {
  const groups = Map.groupBy(
    samples,
    ({ pod, revision, failure }) => failure ?? `${pod || 'an unnamed pod'} on ${revision || 'an unnamed revision'}`,
  );
  return [...groups].map(([what, its]) => `${what} (${its.length} x)`).join(', ');
}

const podNames = (samples: readonly Sample[]): string[] => [...new Set(samples.map(({ pod }) => pod).filter(Boolean))];

export interface RevisionExpected {
  sha?: string;
  pods: number;
  streak: number;
  /** Milliseconds. */
  wait: number;
}

/** Faults in the revisions of an app's pods. */
export function revisionFaults(
  app: string,
  { settled, samples, agreeing }: Settled<Sample>,
  { sha, pods, streak, wait }: RevisionExpected,
): string[] {
  const last = samples.slice(-streak);
  if (last.every(({ failure }) => failure !== undefined)) {
    return [...new Set(last.map(({ failure = '' }) => failure))];
  }
  if (!settled) {
    return [
      `${app} is not on ${sha === undefined ? 'one revision' : `revision ${sha}`} everywhere` +
        `${wait > 0 ? ` after ${wait / 1_000} s` : ''}; it answered as ${tally(last)}: ` +
        `look at: kubectl rollout status deployment/${app}.`,
    ];
  }
  const names = podNames(agreeing);
  if (names.length >= pods) return [];
  return [
    `${names.length} of ${pods} pods of ${app} answered ${agreeing.length} requests ` +
      `(${names.join(', ') || 'without x-served-by'}): look at: kubectl get pods, and at sticky sessions in the ingress.`,
  ];
}
