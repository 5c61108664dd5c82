import { setTimeout as delay } from 'node:timers/promises';
import { tally, type ProbeAnswer } from './probes.ts';
import type { SmokeTarget } from './target.ts';

/** Consecutive answers that must agree. With half of the pods old, as many agree by chance once in a million times. */
export const streak = 20;

/** Requests side by side after one that fits: while Redis hangs, a pod takes a second to say that it is Ready. */
const atOnce = 5;

export interface SettleOptions {
  ask: () => Promise<ProbeAnswer>;
  /** The revision that all must have. Absent: all must have the same one. */
  wanted?: string | undefined;
  /** Milliseconds for that. With 0 the first answer that differs ends it. */
  wait: number;
  /** Milliseconds before the next attempt after an answer that does not match. */
  pause?: number;
}

export interface Settled {
  settled: boolean;
  /** All, oldest first. */
  answers: ProbeAnswer[];
  /** The last answers, which agree. */
  agreeing: ProbeAnswer[];
}

/**
 * Sends requests until {@link streak} consecutive answers come from one revision. One answer proves nothing while old
 * and new pods serve side by side.
 */
export async function settle({ ask, wanted, wait, pause = 250 }: SettleOptions): Promise<Settled> {
  const deadline = performance.now() + wait;
  const answers: ProbeAnswer[] = [];
  let agreeing: ProbeAnswer[] = [];
  while (agreeing.length < streak) {
    const asked = Array.from({ length: agreeing.length > 0 ? Math.min(atOnce, streak - agreeing.length) : 1 }, ask);
    let mismatch: ProbeAnswer | undefined;
    for (const answer of await Promise.all(asked)) {
      answers.push(answer);
      const expected = wanted ?? agreeing[0]?.revision ?? answer.revision;
      const isUsable = answer.problem === undefined && answer.revision !== '';
      if (isUsable && answer.revision === expected) {
        agreeing.push(answer);
      } else {
        agreeing = wanted === undefined && isUsable ? [answer] : [];
        mismatch = answer;
      }
    }
    if (!mismatch) continue;
    if (mismatch.isFinal || performance.now() + pause > deadline) return { settled: false, answers, agreeing };
    await delay(pause);
  }
  return { settled: true, answers, agreeing };
}

/** The newest answer of each pod that is Ready, and sentences about the answers that were wrong. */
export function readyPods({ settled, answers, agreeing }: Settled): { ready: ProbeAnswer[]; faults: string[] } {
  const counted = settled ? agreeing : answers;
  const ready = counted.filter(({ problem }) => problem === undefined);
  return {
    ready: [...new Map(ready.map((answer) => [answer.pod, answer])).values()],
    faults: [...new Set(counted.flatMap(({ problem }) => problem ?? []))],
  };
}

export function revisionFaults(
  app: string,
  { settled, answers, agreeing }: Settled,
  { sha, pods, wait }: Pick<SmokeTarget, 'sha' | 'pods' | 'wait'>,
): string[] {
  const last = answers.slice(-streak);
  if (last.every(({ problem }) => problem !== undefined)) {
    return [...new Set(last.map(({ problem = '' }) => problem))];
  }
  if (!settled) {
    return [
      `${app} is not on ${sha === undefined ? 'one revision' : `revision ${sha}`} everywhere` +
        `${wait > 0 ? ` after ${wait / 1_000} s` : ''}; it answered as ${tally(last)}: ` +
        `look at: kubectl rollout status deployment/${app}.`,
    ];
  }
  const names = [...new Set(agreeing.map(({ pod }) => pod).filter(Boolean))];
  if (names.length >= pods) return [];
  return [
    `${names.length} of ${pods} pods of ${app} answered ${agreeing.length} requests ` +
      `(${names.join(', ') || 'without x-served-by'}): look at: kubectl get pods, and at sticky sessions in the ingress.`,
  ];
}
