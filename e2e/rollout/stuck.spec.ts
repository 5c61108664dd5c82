import { expect, test } from '../fixtures/index.ts';
import { twoPods } from '../models/pods.ts';

test.use({ needs: ['rollout'] });
test.setTimeout(180_000);

test(
  'a rollout that never becomes Ready is reported and leaves the old pods serving',
  { tag: ['@old-pods-go-first', '@replicas-1'] },
  async ({ operator, fleet, newPerson }) => {
    const old = await twoPods(fleet, 'operator');
    await operator.signIn(await newPerson());
    const url = 'redis://dezky-data:6379/1';
    try {
      const rollout = fleet.rollout('operator', {
        revision: 'broken',
        env: { SESSION_REDIS_URL: `${url}/not-a-number` },
      });
      await expect(rollout, 'the rollout').rejects.toThrow(/operator[^]*SESSION_REDIS_URL/);
      const serving = (await fleet.pods('operator')).filter((pod) => pod.ready).map((pod) => pod.name);
      expect(serving.toSorted(), 'old pods that still serve').toEqual(old.toSorted());
      for (const pod of old) expect((await operator.call('/api/me', { pod })).status(), pod).toBe(200);
    } finally {
      await fleet.rollout('operator', { revision: 'mended', env: { SESSION_REDIS_URL: url } });
    }
    expect((await operator.call('/api/me')).status(), 'after the mended rollout').toBe(200);
  },
);
