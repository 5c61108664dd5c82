import { setTimeout as delay } from 'node:timers/promises';
import type { Fleet, TemplateChange } from '../../fleet/engines/shared/engine.ts';
import type { Pod } from '../../fleet/manifests/status.ts';
import { deadline } from '../deadline.ts';
import { expect } from '../matchers/index.ts';
import { precondition } from './precondition.ts';
import { thenUndo } from './then-undo.ts';

/** The Service of Redis, and the name of its Deployment. */
export const redisService = 'dezky-data';

export async function redisPod(fleet: Fleet): Promise<string> {
  const [pod] = await fleet.pods(redisService);
  expect(pod, 'the Redis pod').toBeDefined();
  return pod?.name ?? '';
}

/** Runs `work` while Redis is stopped (SIGSTOP): it accepts connections and does not respond. */
export async function whileRedisHangs(fleet: Fleet, work: () => Promise<void>): Promise<void> {
  const redis = await redisPod(fleet);
  await fleet.kill(redis, 'SIGSTOP');
  try {
    await work();
  } finally {
    await fleet.kill(redis, 'SIGCONT');
  }
}

/**
 * Resolves when pods that were told to end are Ready again. Each must have ended by itself: one that does not is killed when
 * its grace period is over.
 * @param before the pods before they were told.
 */
export async function endedByThemselves(fleet: Fleet, before: readonly Pod[]): Promise<void> {
  for (const { name, deployment, restarts } of before)
    await expect
      .poll(async () => (await fleet.pods(deployment)).find((pod) => pod.name === name), {
        message: `${name} has ended by itself, and is Ready again`,
        timeout: deadline(60_000),
      })
      .toMatchObject({ ready: true, restarts: restarts + 1, lastExit: 'exit code 0' });
}

/**
 * A rollout that is paused while `work` runs, with one old and one new pod Ready: the second new pod is suspended (SIGSTOP)
 * before it is Ready. Its startup probe restarts it after 60 s, which ends the pause.
 */
export async function rolloutWithPause(
  fleet: Fleet,
  deployment: string,
  change: TemplateChange & { revision: string },
  work: () => Promise<void>,
): Promise<void> {
  const state = { over: false };
  const rollout = fleet.rollout(deployment, change).finally(() => (state.over = true));
  // It is awaited below, unless `work` fails.
  rollout.catch(() => {});
  let second: string | undefined;
  while (!state.over && second === undefined) {
    await delay(20);
    const pods = (await fleet.pods(deployment)).filter(
      ({ revision, phase }) => revision === change.revision && phase === 'Running',
    );
    if (pods.length === 2) second = pods.find(({ ready }) => !ready)?.name;
  }
  if (second === undefined) {
    await rollout;
    return precondition(false, `the rollout of ${deployment} was over before its second new pod was suspended`);
  }
  const suspended = second;
  await fleet.kill(suspended, 'SIGSTOP');
  await thenUndo(
    async () => {
      const serving = (await fleet.pods(deployment)).filter(({ ready }) => ready).map(({ revision }) => revision);
      const isHalf = serving.length === 2 && new Set(serving).size === 2;
      precondition(isHalf, `the Ready pods of ${deployment} are of the revisions ${serving.join(', ')}`);
      await work();
    },
    () => fleet.kill(suspended, 'SIGCONT'),
  );
  await rollout;
}
