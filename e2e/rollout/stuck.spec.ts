import { expect, test } from '../fixtures/index.ts';
import { origin } from '../../fleet/hosts.ts';
import { twoPods } from '../models/pods.ts';

test.use({ needs: ['rollout'] });
test.setTimeout(180_000);

test(
  'a rollout that never becomes Ready is reported and leaves the old pods serving',
  { tag: ['@old-pods-go-first', '@replicas-1', '@boot-checks-off'] },
  async ({ operator, fleet, newPerson }) => {
    const old = await twoPods(fleet, 'operator');
    await operator.signIn(await newPerson());
    const url = origin(fleet.hosts.auth);
    const revision = (await fleet.pods('operator'))[0]?.revision ?? '';
    try {
      const rollout = fleet.rollout('operator', {
        revision: 'broken',
        // Only the check at boot refuses it: readiness does not call Authentik.
        env: { NUXT_PUBLIC_AUTH_URL: `${url}/a-path` },
      });
      await expect(rollout, 'the rollout').rejects.toThrow(/operator[^]*NUXT_PUBLIC_AUTH_URL/);
      const serving = (await fleet.pods('operator')).filter((pod) => pod.ready).map((pod) => pod.name);
      expect(serving.toSorted(), 'old pods that still serve').toEqual(old.toSorted());
      for (const pod of old) expect((await operator.call('/api/me', { pod })).status(), pod).toBe(200);
    } finally {
      await fleet.rollout('operator', { revision, env: { NUXT_PUBLIC_AUTH_URL: url } });
    }
    expect((await operator.call('/api/me')).status(), 'after the mended rollout').toBe(200);
  },
);
