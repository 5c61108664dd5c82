import { expect, test } from '../product/developer.ts';
import { layerApp } from '../layer-app.ts';
import { answerOf } from '../matchers/answers.ts';
import { loaded } from '../models/app.ts';
import { precondition } from '../models/precondition.ts';
import { tokenExpired } from '../models/refreshes.ts';

const appName = layerApp('operator');

test.use({ needs: ['variants'] });
// On one worker: each would start a fleet for them.
test.describe.configure({ mode: 'default' });

test.describe(appName, () => {
  test.use({ appName });

  test(
    'without SESSION_REDIS_URL one pod keeps sessions in memory and needs no Redis',
    { tag: ['@redis-required'] },
    async ({ app, fleet, newPerson }) => {
      precondition((await fleet.pods('dezky-data')).length === 0, 'the fleet has a Redis pod');
      expect(await (await app.call('/api/_health/ready')).json()).toMatchObject({ driver: 'memory' });

      await app.signIn(await newPerson());
      expect((await app.call('/api/me')).status()).toBe(200);
      await app.signOut();
      expect((await app.call('/api/me')).status()).toBe(401);
    },
  );
});

test.describe(`${appName}, with an expired token`, () => {
  test.use({ appName, needs: ['variants', 'authentik-control'] });

  test(
    'without Redis 20 parallel requests with an expired token cause one refresh',
    { tag: ['@refresh-lock-off'] },
    async ({ app, newPerson, providerSettings, authentik }) => {
      const person = await newPerson();
      const lifetime = 4;
      const tokenRequests = async () =>
        (await authentik.requests({ user: person.username })).requests.filter(({ grantType }) => grantType);
      await providerSettings(appName, { accessTokenSeconds: lifetime, refreshThresholdSeconds: 0 });
      await app.signIn(person);
      await loaded(app.page);
      // A page that makes no requests by itself, so that refreshed tokens last.
      await app.page.goto('about:blank');
      await providerSettings(appName, { accessTokenSeconds: 300 });
      const before = await tokenRequests();
      const expiry = Math.max(...before.map(({ at }) => at)) + lifetime * 1000;
      await tokenExpired(expiry / 1000);

      // Slow enough that all of them arrive while the first refresh is in progress. Of several only one would succeed.
      await authentik.setFault({ tokenDelayMs: 1000, oneRefreshWins: true, username: person.username });
      const answers = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => answerOf(await app.call(`/api/me?n=${index}`))),
      );
      expect(answers).toAllSucceed();
      expect((await tokenRequests()).length - before.length, 'refreshes at Authentik').toBe(1);
    },
  );
});
