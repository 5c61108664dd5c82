import { expect, test } from '../fixtures/index.ts';

test.use({ needs: ['scale'] });
test.setTimeout(120_000);
test.afterEach(({ fleet }) => fleet.scale('operator', 2));

test(
  'scaling 2 → 3 → 1 → 2 under traffic loses no request and no session',
  { tag: ['@memory-sessions', '@no-pre-stop', '@start-clears-sessions'] },
  async ({ operator, fleet, newPerson, steadyTraffic }) => {
    await operator.signIn(await newPerson());
    const cookie = await operator.cookieHeader();
    const traffic = steadyTraffic({ url: `${operator.origin}/api/me`, cookie, rate: 25, connection: 'close' });
    await traffic.more(5);
    for (const replicas of [3, 1, 2]) {
      await fleet.scale('operator', replicas);
      const ready = (await fleet.pods('operator')).filter((pod) => pod.ready);
      expect(ready, `Ready pods after scaling to ${replicas}`).toHaveLength(replicas);
      await traffic.more(25);
    }
    const samples = await traffic.stop();
    expect(samples).toAllSucceed();
    expect(new Set(samples.map((sample) => sample.pod)).size, 'pods that served the session').toBeGreaterThanOrEqual(3);
  },
);
