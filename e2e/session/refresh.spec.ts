import type { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import { contract } from '../contract.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { answerOf } from '../matchers/answers.ts';
import { twoPods } from '../claims/two-pods.ts';
import { refreshesAfter, refreshesOf } from '../models/refreshes.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('portal');

/** The API's default in Authentik. With it a second refresh with the same token fails. */
const everyRefreshRotates = { refreshThresholdSeconds: 0 };

const refreshes = async (authentik: AuthentikControl, user: string): Promise<number> =>
  (await refreshesOf(authentik, { user })).length;

test.use({ appName, needs: ['store'] });

test(
  'a token refreshed on one pod is used on the other',
  {
    tag: ['@refreshed-token-not-stored', '@replicas-1', '@refresh-at-every-request'],
    annotation: shows('store load refresh due'),
  },
  async ({ app, edge, fleet, newPerson, sessionStore, providerSettings }) => {
    await providerSettings(appName, everyRefreshRotates);
    const [a, b] = await twoPods(fleet, appName);
    const person = await newPerson();
    const session = await sessionStore.sessionOf(() => app.startSession(person));
    const signedIn = await edge.cursor();

    await sessionStore.expireAccessToken(session);
    expect((await app.call('/api/me', { pod: a })).status(), `refreshing on ${a}`).toBe(200);
    expect((await app.call('/api/me', { pod: b })).status(), `using it on ${b}`).toBe(200);
    expect(await refreshesAfter(edge, signedIn), 'refreshes of both pods').toEqual([200]);
  },
);

test(
  `a refresh extends the session to ${contract.lifetimeDays} days`,
  {
    tag: ['@refresh-loses-ttl', '@refresh-keeps-ttl', '@refresh-asked-twice', '@refresh-doubles-ttl'],
    annotation: shows('store save expiry'),
  },
  async ({ app, edge, newPerson, sessionStore }) => {
    const person = await newPerson();
    const session = await sessionStore.sessionOf(() => app.startSession(person));
    const signedIn = await edge.cursor();
    // As if it had been stored almost 14 days ago.
    await sessionStore.db(session.db).expire(session.key, 3600);
    await sessionStore.expireAccessToken(session);
    expect((await app.call('/api/me')).status()).toBe(200);
    expect(await refreshesAfter(edge, signedIn), 'refreshes').toEqual([200]);

    const ttl = (await sessionStore.keys()).find(({ key }) => key === session.key)?.ttl;
    expect(ttl, 'seconds to live after a refresh').toBeGreaterThan(contract.leastSecondsLeft);
    expect(ttl, 'seconds to live after a refresh').toBeLessThanOrEqual(contract.lifetimeSeconds);
  },
);

test.describe('with a slow or failing Authentik', () => {
  test.use({ needs: ['store', 'authentik-control'] });

  test(
    '20 parallel requests on both pods cause one refresh',
    { tag: ['@refresh-lock-off', '@refresh-lock-per-pod', '@replicas-1'], annotation: shows('store lock once') },
    async ({ app, fleet, newPerson, sessionStore, authentik, providerSettings }) => {
      await providerSettings(appName, everyRefreshRotates);
      const pods = await twoPods(fleet, appName);
      const person = await newPerson();
      const session = await sessionStore.sessionOf(() => app.startSession(person));

      await sessionStore.expireAccessToken(session);
      // Slow enough that all of them arrive while the first refresh is in progress. Of several only one would succeed.
      await authentik.setFault({ tokenDelayMs: 1000, oneRefreshWins: true, username: person.username });
      const answers = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const pod = pods[index % 2] ?? '';
          return answerOf(await app.call(`/api/me?n=${index}`, { pod }));
        }),
      );
      expect(answers).toAllSucceed();
      expect(await refreshes(authentik, person.username), 'refreshes at Authentik').toBe(1);
      expect((await app.call('/api/me')).status(), 'the session afterwards').toBe(200);
    },
  );
});
