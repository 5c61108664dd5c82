import type { APIResponse } from '@playwright/test';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { until } from '../../fleet/until.ts';
import { deadline } from '../deadline.ts';
import { expect } from '../matchers/index.ts';
import type { App } from './app.ts';
import { answerOf, describeAnswer, describeRequest, type Answer } from '../matchers/answers.ts';
import { twoPods } from '../claims/two-pods.ts';

/** The sender of a response: a pod of the app, the edge with its own error, the ingress, or none. */
export type Source = 'app' | 'edge' | 'ingress' | 'nobody';
/** A kind of response: `503 app`, `0 nobody`. */
export type Kind = `${number} ${Source}`;

export interface RecoveryOptions {
  /** What recovers: `the session when Redis is back`. */
  of: string;
  /** The status of the app that ends the wait. Default: 200. */
  until?: number;
  /** The only responses that are allowed until then. */
  allowed: readonly Kind[];
  /** Milliseconds for which every response must then be that one. Default: none. */
  steadyMs?: number;
  /** Total timeout in milliseconds. Default: 60 s on a quiet machine. */
  timeout?: number;
}

/**
 * Milliseconds for which an app that had no Ready pod may answer, and then not once more: Traefik applies changes at most
 * every 2 s (`providers.providersThrottleDuration`), also that one.
 */
export const ingressLagMs = 2_500;

/** Allowed responses of an app that waits for Redis, and of the ingress or edge while none of its pods is Ready. */
export const withoutReadyPod: readonly Kind[] = [
  '503 app',
  '503 edge',
  '502 edge',
  '503 ingress',
  '502 ingress',
  '404 ingress',
];

/** Waits until each pod of an app finds this session, or with 401 none, in a Redis that was away. */
export async function sessionsBack(fleet: Fleet, app: App, until = 200): Promise<void> {
  const options = { of: 'the session when Redis is back', until, allowed: withoutReadyPod };
  for (const pod of await twoPods(fleet, app.name)) await recovery(() => app.call('/api/me', { pod }), options);
}

/**
 * Waits until every pod is Ready, and every app and platform-api respond through the ingress, which learns of a Ready pod
 * a moment later, so that the next test starts with a complete fleet.
 * @param steadyMs {@link ingressLagMs} after an app had no Ready pod.
 */
export async function wholeFleet(fleet: Fleet, apps: readonly App[], steadyMs = 0): Promise<void> {
  const unready = async (): Promise<string[]> => {
    const pods = await fleet.pods();
    return pods.length === 0 ? ['no pod at all'] : pods.filter((pod) => !pod.ready).map((pod) => pod.name);
  };
  await expect.poll(unready, { message: 'pods that are not Ready afterwards', timeout: deadline(60_000) }).toEqual([]);
  for (const app of apps)
    await recovery(() => app.call('/sign-in'), { of: `${app.name} afterwards`, allowed: withoutReadyPod, steadyMs });
  const [app] = apps;
  const health = `${httpsOf(fleet.hosts.api)}/health/ready`;
  if (app) await recovery(() => app.context.request.get(health), { of: 'platform-api', allowed: withoutReadyPod });
}

const pollIntervalMs = 100;

const sourceOf = ({ status, error, pod }: Answer): Source => {
  if (status === 0) return 'nobody';
  if (pod) return 'app';
  return error ? 'edge' : 'ingress';
};

export const answerKind = (answer: Answer): Kind => `${answer.status} ${sourceOf(answer)}`;

/**
 * Sends requests until the app responds as before, and records every response. A poll that checks only the last
 * response would miss a session that is lost for a moment, or a 500.
 * @returns all responses, including the last one.
 * @throws Error at the first response that is not allowed, and at the timeout.
 */
export async function recovery(
  sendRequest: () => Promise<APIResponse>,
  { of, until: wanted = 200, allowed, steadyMs = 0, timeout = deadline(60_000) }: RecoveryOptions,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let since: number | undefined;
  const failed = (why: string): Error => {
    const last = answers.at(-1) as Answer;
    const before = [...Map.groupBy(answers.slice(0, -1), answerKind)].map(([kind, its]) => `${its.length} x ${kind}`);
    return new Error(
      `${of}: ${describeRequest(last)} was answered ${describeAnswer(last)}, ${why}; wanted ${wanted}. ` +
        `Before: ${before.join(', ') || 'nothing'}.`,
    );
  };
  const answersAsBefore = async (): Promise<boolean> => {
    const answer = await sendRequest().then(
      (response) => answerOf(response),
      (error: Error): Answer => ({ status: 0, error: error.message.split('\n')[0] ?? '' }),
    );
    answers.push(answer);
    const kind = answerKind(answer);
    if (kind === `${wanted} app`) {
      since ??= performance.now();
      return performance.now() - since >= steadyMs;
    }
    since = undefined;
    if (!allowed.includes(kind)) throw failed('which is not allowed on the way');
    return false;
  };
  await until(answersAsBefore, {
    timeoutMs: timeout,
    intervalMs: pollIntervalMs,
    failure: () => failed(`and not otherwise within ${timeout / 1000} s`),
  });
  return answers;
}
