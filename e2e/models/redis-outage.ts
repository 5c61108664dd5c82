import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { expect } from '../matchers/index.ts';

export async function redisPod(fleet: Fleet): Promise<string> {
  const [pod] = await fleet.pods('dezky-data');
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
