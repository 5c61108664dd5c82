import { setTimeout as delay } from 'node:timers/promises';
import type { APIResponse } from '@playwright/test';
import { answerOf, describeAnswer, describeRequest, type Answer } from './answer.ts';

/** Who answered: a pod of the app, the edge with an error of its own, the ingress, or nobody. */
export type Source = 'app' | 'edge' | 'ingress' | 'nobody';
/** A kind of answer: `503 app`, `0 nobody`. */
export type Kind = `${number} ${Source}`;

export interface RecoveryOptions {
  /** What is back when it is over: `the session when Redis is back`. */
  of: string;
  /** The status of the app that ends it. Default: 200. */
  until?: number;
  /** What may be answered on the way, and nothing else. */
  allowed: readonly Kind[];
  /** Milliseconds for all of it. Default: 60 s. */
  timeout?: number;
}

/** What an app that waits for Redis may answer, and what stands in front of it while none of its pods is Ready. */
export const withoutReadyPod: readonly Kind[] = [
  '503 app',
  '503 edge',
  '502 edge',
  '503 ingress',
  '502 ingress',
  '404 ingress',
];

const pollIntervalMs = 100;

const sourceOf = ({ status, error, pod }: Answer): Source => {
  if (status === 0) return 'nobody';
  if (pod) return 'app';
  return error ? 'edge' : 'ingress';
};

export const kindOf = (answer: Answer): Kind => `${answer.status} ${sourceOf(answer)}`;

/**
 * Asks until the app answers as before, and records every answer on the way. A poll that looks at the last answer alone
 * misses a session that is lost for a moment, and a 500.
 * @returns all answers, the last one included.
 * @throws Error at the first answer that is not allowed, and when it takes too long.
 */
export async function recovery(
  sendRequest: () => Promise<APIResponse>,
  { of, until = 200, allowed, timeout = 60_000 }: RecoveryOptions,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const deadline = Date.now() + timeout; ; await delay(pollIntervalMs)) {
    const answer = await sendRequest().then(
      (response) => answerOf(response),
      (error: Error): Answer => ({ status: 0, error: error.message.split('\n')[0] ?? '' }),
    );
    answers.push(answer);
    const kind = kindOf(answer);
    if (kind === `${until} app`) return answers;
    if (!allowed.includes(kind))
      throw new Error(describeFailure(of, until, answers, 'which is not allowed on the way'));
    if (Date.now() > deadline)
      throw new Error(describeFailure(of, until, answers, `and not otherwise within ${timeout / 1000} s`));
  }
}

function describeFailure(of: string, until: number, answers: readonly Answer[], why: string): string {
  const last = answers.at(-1) as Answer;
  const before = [...Map.groupBy(answers.slice(0, -1), kindOf)].map(([kind, its]) => `${its.length} x ${kind}`);
  return (
    `${of}: ${describeRequest(last)} was answered ${describeAnswer(last)}, ${why}; wanted ${until}. ` +
    `Before: ${before.join(', ') || 'nothing'}.`
  );
}
