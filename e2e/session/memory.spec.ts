import { expect, test } from '../product/developer.ts';
import { layerApp } from '../layer-app.ts';
import { answerOf } from '../matchers/answers.ts';
import { loaded } from '../models/app.ts';
import { precondition } from '../models/precondition.ts';
import { delayNextRefresh, tokenExpired } from '../models/refreshes.ts';
import type { ProductFixtures } from '../product/types.ts';
import type { Person } from '../../fixtures/person.ts';
import { routes } from '../contract.ts';

const appName = layerApp('operator');

type Used = Pick<ProductFixtures, 'app' | 'authentik' | 'providerSettings'>;

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
      const [pod] = await fleet.pods(appName);
      expect(await fleet.logs(pod?.name ?? ''), 'the log of the pod').toContain('Session storage: memory.');

      await app.signIn(await newPerson());
      expect((await app.call('/api/me')).status()).toBe(200);
      await app.signOut();
      expect((await app.call('/api/me')).status()).toBe(401);
    },
  );
});

test.describe(`${appName}, with an expired token`, () => {
  test.use({ appName, needs: ['variants', 'authentik-control'] });

  /** Signs in with an access token that has expired when this resolves. */
  async function signInAndExpire({ app, authentik, providerSettings }: Used, person: Person): Promise<void> {
    const lifetime = 4;
    await providerSettings(appName, { accessTokenSeconds: lifetime, refreshThresholdSeconds: 0 });
    await app.signIn(person);
    await loaded(app.page);
    // A page that makes no requests by itself, so that refreshed tokens last.
    await app.page.goto('about:blank');
    await providerSettings(appName, { accessTokenSeconds: 300 });
    const { requests } = await authentik.requests({ user: person.username });
    const issued = Math.max(...requests.filter(({ grantType }) => grantType).map(({ at }) => at));
    await tokenExpired(issued / 1000 + lifetime);
  }

  test(
    'without Redis a session that its user ends during a refresh stays ended, and Authentik has no token of it',
    { tag: ['@refresh-without-redis-never-ends'] },
    async ({ app, authentik, authentikAdmin, newPerson, providerSettings }) => {
      const person = await newPerson();
      await signInAndExpire({ app, authentik, providerSettings }, person);
      const asked = await delayNextRefresh(authentik, person.username, 1500);
      const call = app.call('/api/me');
      await asked();
      const cookie = await app.cookieHeader();
      const headers = { origin: app.origin };
      await app.context.request.post(app.origin + routes.signOut, { headers, maxRedirects: 0 });
      const answered = await call;
      const left = () => authentikAdmin.refreshTokensOf(person);
      await expect.poll(left, 'valid refresh tokens after signing out').toBe(0);
      // It arrived before the sign-out, and may continue with its access token.
      expect([200, 401], 'the call that began the refresh').toContain(answered.status());
      expect((await app.call('/api/me', { headers: { cookie } })).status(), 'the old cookie').toBe(401);
    },
  );

  test(
    'without Redis 20 parallel requests with an expired token cause one refresh',
    { tag: ['@refresh-lock-off'] },
    async ({ app, newPerson, providerSettings, authentik }) => {
      const person = await newPerson();
      const tokenRequests = async () =>
        (await authentik.requests({ user: person.username })).requests.filter(({ grantType }) => grantType);
      await signInAndExpire({ app, authentik, providerSettings }, person);
      const before = await tokenRequests();

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
