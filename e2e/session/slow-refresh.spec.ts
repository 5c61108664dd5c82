import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { appNames, type AppName } from '../../apps/environment/apps.ts';
import type { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import type { Fault } from '../../fixtures/authentik/state/faults.ts';
import { deadline } from '../deadline.ts';
import { apiHeaders } from '../claims/web-app.ts';
import { lockKeyOf, routes } from '../contract.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { twoPods } from '../claims/two-pods.ts';
import { endedByThemselves } from '../models/pods.ts';
import { delayNextRefresh, refreshesBegun, refreshesOf, waitForNewTokens } from '../models/refreshes.ts';
import type { HttpSession } from '../claims/sign-in-by-http.ts';

const appName = layerApp('operator');

test.use({ needs: ['store', 'authentik-control'] });

/** Milliseconds that Authentik takes for a refresh: longer than any request of the apps waits for one (4000). */
const slow = 5000;

const everyRefreshRotates = { refreshThresholdSeconds: 0 };

/** Statuses of concurrent calls, one of each session at each pod. */
async function callsOf(sessions: readonly HttpSession[], pods: readonly string[]) {
  return Promise.all(
    sessions.flatMap((session) =>
      pods.map(async (pod) => ({ pod, status: (await session.call('/api/me', pod)).status() })),
    ),
  );
}

const cursorOf = async (authentik: AuthentikControl): Promise<number> => (await authentik.requests()).next;

test.describe(appName, () => {
  test.use({ appName });

  test(
    'a refresh that takes longer than the request waits is still completed and stored',
    { tag: ['@refresh-ends-with-request'] },
    async ({ fleet, newHttpSession, sessionStore, authentik, providerSettings }) => {
      const pods = await twoPods(fleet, appName);
      await providerSettings(appName, everyRefreshRotates);
      const { session, person } = await sessionStore.signedIn(() => newHttpSession(appName));
      await authentik.setFault({ tokenDelayMs: slow, username: person.username });
      await sessionStore.expireAccessToken(session);

      expect(await callsOf([person, person], pods), 'calls during the refresh').toAllSucceed();
      await waitForNewTokens(sessionStore, [session], {
        message: 'sessions after a slow refresh',
        timeout: deadline(2) * slow,
      });
      expect(await refreshesOf(authentik, { user: person.username }), 'refreshes at Authentik').toEqual([200]);

      await authentik.clearFaults(person.username);
      await sessionStore.expireAccessToken(session);
      expect(await callsOf([person], pods), 'calls that need the next refresh').toAllSucceed();
    },
  );

  test(
    'a user whose access token is still valid goes on with it after 2 s',
    { tag: ['@valid-token-waits-for-refresh'] },
    async ({ fleet, newHttpSession, sessionStore, authentik }) => {
      const [pod] = await twoPods(fleet, appName);
      const { session, person } = await sessionStore.signedIn(() => newHttpSession(appName));
      // Shorter than a request without a valid token waits (4000): only a longer wait ends with new tokens.
      await authentik.setFault({ tokenDelayMs: 3500, username: person.username });
      await sessionStore.expireAccessToken(session);
      expect((await person.call('/api/me', pod)).status(), 'the answer while the refresh is under way').toBe(200);
      const isRenewed = ((await sessionStore.accessTokenEnd(session)) ?? Infinity) > Date.now() / 1000;
      expect(isRenewed, 'the answer came after the new tokens').toBe(false);
      await waitForNewTokens(sessionStore, [session], { message: 'sessions afterwards', timeout: deadline(2) * slow });
    },
  );

  test(
    'with an expired access token a slow refresh leads to 503, and the session continues',
    { tag: ['@refresh-ends-with-request', '@expired-access-token-used'] },
    async ({ fleet, newHttpSession, sessionStore, authentik, providerSettings }) => {
      const [pod] = await twoPods(fleet, appName);
      await providerSettings(appName, everyRefreshRotates);
      const { session, person } = await sessionStore.signedIn(() => newHttpSession(appName));
      await sessionStore.expireAccessToken(session);
      expect((await person.call('/api/me')).status(), 'a renewal').toBe(200);
      // Expired for the app, and not yet for platform-api.
      await sessionStore.age(session, 400);
      await authentik.setFault({ tokenDelayMs: slow, username: person.username });

      const answer = await person.call('/api/me', pod);
      expect(answer.status(), 'the answer while the refresh is under way').toBe(503);
      expect(await answer.json(), 'what it says').toMatchObject({
        message: 'Your session cannot be renewed right now. Please try again in a moment.',
      });
      await expect
        .poll(() => fleet.logs(pod), { message: 'the log' })
        .toContainEqual(expect.stringMatching(/^Tokens could not be renewed .*: the refresh is still in progress\.$/));
      await waitForNewTokens(sessionStore, [session], {
        message: 'sessions after a slow refresh',
        timeout: deadline(2) * slow,
      });
      expect((await person.call('/api/me')).status(), 'the answer after it').toBe(200);
    },
  );

  test(
    'a refresh of 25 s and one of 65 s are each asked for once, and nobody is signed out meanwhile or afterwards',
    { tag: ['@refresh-gives-up-after-a-minute', '@refresh-ends-with-request', '@refresh-lock-renewed-for-a-day'] },
    async ({ fleet, newHttpSession, sessionStore, authentik, providerSettings }) => {
      const pods = await twoPods(fleet, appName);
      await providerSettings(appName, everyRefreshRotates);
      const users = [];
      for (const tokenDelayMs of [25_000, 65_000])
        users.push({ tokenDelayMs, ...(await sessionStore.signedIn(() => newHttpSession(appName))) });
      const renewed = users.map(async ({ tokenDelayMs, session, person }) => {
        await authentik.setFault({ tokenDelayMs, username: person.username });
        await sessionStore.expireAccessToken(session);
        const calls: Awaited<ReturnType<typeof callsOf>> = [];
        const begun = performance.now();
        const lockTtls: number[] = [];
        const isRenewed = async () => {
          calls.push(...(await callsOf([person], pods)));
          const ttl = await sessionStore.db(session.db).ttl(lockKeyOf(session.key));
          // The pod renews its lock every 5 s. Of a lock that is free the TTL is -2.
          if (performance.now() > begun + 6000 && ttl !== -2) lockTtls.push(ttl);
          return ((await sessionStore.accessTokenEnd(session)) ?? Infinity) > Date.now() / 1000;
        };
        const message = `the session is renewed after ${tokenDelayMs / 1000} s, or has ended`;
        await expect
          .poll(isRenewed, { message, intervals: [3000], timeout: deadline(20_000) + tokenDelayMs })
          .toBe(true);
        expect(lockTtls, 'unproven: no lock was seen that had been renewed').not.toEqual([]);
        expect(Math.max(...lockTtls), 'seconds to live of the lock of a slow refresh').toBeLessThanOrEqual(20);
        await authentik.clearFaults(person.username);
        await sessionStore.expireAccessToken(session);
        calls.push(...(await callsOf([person], pods)));
        expect(calls, `calls during a refresh of ${tokenDelayMs / 1000} s and the next one`).toAllSucceed();
        const statuses = await refreshesOf(authentik, { user: person.username });
        expect(statuses, `refreshes of ${tokenDelayMs / 1000} s at Authentik, and the next one`).toEqual([200, 200]);
      });
      await Promise.all(renewed);
    },
  );

  test(
    'a pod that has lost the lock of its refresh does not free it for the next owner',
    { tag: ['@lost-lock-freed'] },
    async ({ fleet, newHttpSession, sessionStore, authentik }) => {
      const [pod] = await twoPods(fleet, appName);
      const { session, person } = await sessionStore.signedIn(() => newHttpSession(appName));
      await authentik.setFault({ tokenDelayMs: 1000, username: person.username });
      await sessionStore.expireAccessToken(session);
      const call = person.call('/api/me', pod);
      await refreshesBegun(sessionStore, [session]);
      const lock = { db: session.db, key: lockKeyOf(session.key), ttl: 20 };
      await sessionStore.db(lock.db).set(lock.key, 'of the next owner', 'EX', lock.ttl);
      // Its response comes when the pod is done with the lock.
      expect((await call).status(), 'the call that began the refresh').toBe(200);
      const holder = await sessionStore.value(lock);
      await sessionStore.db(lock.db).del(lock.key);
      expect(holder, 'who holds the lock afterwards').toBe('of the next owner');
    },
  );

  test(
    'tokens that Redis does not store are stored when it accepts writes again',
    { tag: ['@new-tokens-not-stored-again'] },
    async ({ fleet, newHttpSession, sessionStore, authentik, providerSettings }) => {
      const pods = await twoPods(fleet, appName);
      await providerSettings(appName, everyRefreshRotates);
      const { session, person } = await sessionStore.signedIn(() => newHttpSession(appName));
      await authentik.setFault({ tokenDelayMs: 1000, username: person.username });
      await sessionStore.expireAccessToken(session);

      const answers = callsOf([person], pods);
      await refreshesBegun(sessionStore, [session]);
      await sessionStore.whileWritesAreRefused(async () => {
        await expect
          .poll(() => refreshesOf(authentik, { user: person.username }), { message: 'refreshes at Authentik' })
          .toEqual([200]);
        expect(await answers, 'calls while the tokens cannot be stored').toAllSucceed();
      });
      await waitForNewTokens(sessionStore, [session], {
        message: 'sessions when writes are taken again',
        timeout: deadline(5000),
      });
      expect(await callsOf([person], pods), 'calls afterwards').toAllSucceed();
    },
  );

  test.describe('during a rollout', () => {
    test.use({ needs: ['store', 'authentik-control', 'rollout'] });

    test(
      'a deleted pod stores the tokens that it has requested before it exits',
      { tag: ['@refresh-dies-with-pod'] },
      async ({ fleet, newHttpSession, sessionStore, authentik, providerSettings }) => {
        const [a, b] = await twoPods(fleet, appName);
        await providerSettings(appName, everyRefreshRotates);
        const { session, person } = await sessionStore.signedIn(() => newHttpSession(appName));
        // Longer than preStop (5 s) and the end of the request, but within the rest of the grace period (30 s).
        await authentik.setFault({ tokenDelayMs: 12_000, username: person.username });
        await sessionStore.expireAccessToken(session);

        const answer = person.call('/api/me', a);
        await refreshesBegun(sessionStore, [session]);
        await fleet.deletePod(a);
        expect((await answer).status(), 'the call that began the refresh').toBe(200);
        await waitForNewTokens(sessionStore, [session], {
          message: 'sessions after the end of the pod',
          timeout: deadline(15_000),
        });

        await authentik.clearFaults(person.username);
        await sessionStore.expireAccessToken(session);
        expect((await person.call('/api/me', b)).status(), 'the next refresh, on another pod').toBe(200);
      },
    );
  });

  test.describe('a pod that hangs or is killed', () => {
    test.use({ needs: ['store', 'authentik-control', 'kill'] });

    test(
      'a pod that hangs for 10 s completes its refresh, and the other pod keeps the session',
      { tag: ['@refresh-lock-too-short'] },
      async ({ fleet, newHttpSession, sessionStore, authentik, providerSettings }) => {
        const [a, b] = await twoPods(fleet, appName);
        await providerSettings(appName, everyRefreshRotates);
        const { session, person } = await sessionStore.signedIn(() => newHttpSession(appName));
        const asked = await delayNextRefresh(authentik, person.username, 1000);
        await sessionStore.expireAccessToken(session);

        const answer = person.call('/api/me', a);
        await asked();
        await fleet.kill(a, 'SIGSTOP');
        const meanwhile: Array<{ pod: string; status: number }> = [];
        try {
          const until = Date.now() + 10_000;
          while (Date.now() < until) meanwhile.push({ pod: b, status: (await person.call('/api/me', b)).status() });
        } finally {
          await fleet.kill(a, 'SIGCONT');
        }
        expect(meanwhile, `calls at ${b} while ${a} stood still`).toAllSucceed();
        expect((await answer).status(), 'the call that began the refresh').toBe(200);
        await waitForNewTokens(sessionStore, [session], {
          message: 'sessions when the pod goes on',
          timeout: deadline(10_000),
        });
        expect(await refreshesOf(authentik, { user: person.username }), 'refreshes at Authentik').toEqual([200]);
        await twoPods(fleet, appName);
      },
    );

    test(
      'a pod that gets SIGTERM first revokes the token of a session that another pod refreshes, and ends by itself',
      { tag: ['@revocation-dies-with-pod'] },
      async ({ authentik, authentikAdmin, fleet, newHttpSession, newPerson, sessionStore }) => {
        const [a, b] = await twoPods(fleet, appName);
        const person = await newPerson();
        const { session, person: user } = await sessionStore.signedIn(() => newHttpSession(appName, person));
        // Longer than an attempt to get the lock (4 s), between two of which nothing else keeps the pod.
        const asked = await delayNextRefresh(authentik, person.username, 7000);
        await sessionStore.expireAccessToken(session);
        const call = user.call('/api/me', b);
        await asked();
        const headers = { ...apiHeaders(a), origin: user.origin };
        const signOut = await user.request.post(user.origin + routes.signOut, { headers, maxRedirects: 0 });
        expect(signOut.status(), 'the answer to the sign-out').toBe(303);
        const before = (await fleet.pods(appName)).filter(({ name }) => name === a);
        await fleet.kill(a, 'SIGTERM');
        await call;
        await endedByThemselves(fleet, before);
        expect(await authentikAdmin.refreshTokensOf(person), 'valid refresh tokens when the pod has ended').toBe(0);
      },
    );

    test(
      'a pod that is killed during a refresh ends no session, because Authentik has not rotated the token',
      { tag: ['@rotation-at-every-refresh', '@refresh-lock-ttl-too-long'] },
      async ({ fleet, newHttpSession, sessionStore, authentik }) => {
        const [a, b] = await twoPods(fleet, appName);
        const { session, person } = await sessionStore.signedIn(() => newHttpSession(appName));
        const asked = await delayNextRefresh(authentik, person.username, 1000);
        await sessionStore.expireAccessToken(session);

        const answer = person.call('/api/me', a).catch(() => undefined);
        await asked();
        await fleet.kill(a, 'SIGKILL');
        await answer;
        await expect
          .poll(() => refreshesOf(authentik, { user: person.username }), { message: 'refreshes at Authentik' })
          .toEqual([200]);

        // The other pod refreshes once the lock of the killed pod expires, within 20 s.
        const calls: Array<{ pod: string; status: number }> = [];
        const isStored = async () => {
          calls.push({ pod: b, status: (await person.call('/api/me', b)).status() });
          return (
            ((await sessionStore.accessTokenEnd(session)) ?? 0) > Date.now() / 1000 || calls.at(-1)?.status !== 200
          );
        };
        await expect.poll(isStored, { message: `${b} renews`, timeout: deadline(30_000) }).toBe(true);
        expect(calls, `calls at ${b} after ${a} was killed`).toAllSucceed();
        await twoPods(fleet, appName);
      },
    );
  });
});

test.describe('all apps together', () => {
  test.use({ needs: ['store', 'authentik-control', 'rollout'] });

  test(
    '50 users stay signed in through three slow periods, a rejected write and a rollout',
    { tag: ['@refresh-ends-with-request', '@new-tokens-not-stored-again', '@refresh-dies-with-pod'] },
    async ({ fleet, newHttpSession, sessionStore, authentik, providerSettings }) => {
      for (const app of appNames) await providerSettings(app, everyRefreshRotates);
      const people: Array<{ app: AppName; session: HttpSession }> = [];
      const sessions = await sessionStore.sessionsAddedBy(async () => {
        const some = pLimit(4);
        const all = Array.from({ length: 50 }, (_, index) =>
          some(async () => {
            const app = appNames[index % appNames.length] as AppName;
            return { app, session: await newHttpSession(app) };
          }),
        );
        people.push(...(await Promise.all(all)));
      });
      expect(sessions, 'sessions in Redis').toHaveLength(people.length);

      /** One call per user, on one pod of their app; with 1, on the other pod. */
      const callOfEach = async (other = 0) => {
        const pods = Object.fromEntries(
          await Promise.all(appNames.map(async (app) => [app, await twoPods(fleet, app)] as const)),
        );
        return people.map(async ({ app, session }, index) => {
          const pod = pods[app]?.[(Math.floor(index / appNames.length) + other) % 2] ?? '';
          // Otherwise all of them would ask platform-api in the same moment, when they stop waiting for new tokens.
          await delay(20 * index);
          return { pod, status: (await session.call('/api/me', pod)).status() };
        });
      };
      /**
       * While `work` runs, all tokens are due and Authentik has a fault. Resolves when each is refreshed and stored.
       */
      const episode = async (name: string, fault: Fault, work: () => Promise<unknown>): Promise<void> => {
        const after = await cursorOf(authentik);
        await authentik.setFault(fault);
        await Promise.all(sessions.map((session) => sessionStore.expireAccessToken(session)));
        const answers = Promise.all(await callOfEach());
        await refreshesBegun(sessionStore, sessions);
        await work();
        expect(await answers, `calls during ${name}`).toAllSucceed();
        await waitForNewTokens(sessionStore, sessions, {
          message: `sessions after ${name}`,
          timeout: deadline(20_000),
        });
        const statuses = await refreshesOf(authentik, { after });
        expect(statuses, `refreshes at Authentik during ${name}`).toEqual(sessions.map(() => 200));
      };

      for (const name of ['the first slow episode', 'the second', 'the third'])
        await episode(name, { tokenDelayMs: slow }, () => Promise.resolve());
      await authentik.clearFaults();
      await episode('the refused write', { endpoint: 'token', status: 'hangs' }, async () => {
        const after = await cursorOf(authentik);
        await sessionStore.whileWritesAreRefused(async () => {
          // Authentik recovers, so that it responds to every refresh while none can be stored.
          await authentik.clearFaults();
          await expect
            .poll(async () => (await refreshesOf(authentik, { after })).length, {
              message: 'refreshes that Authentik answered while writes are refused',
              timeout: deadline(20_000),
            })
            .toBe(people.length);
        });
      });
      await episode('the rollout', { tokenDelayMs: 14_000 }, () =>
        Promise.all(appNames.map((app) => fleet.rollout(app))),
      );

      await authentik.clearFaults();
      await Promise.all(sessions.map((session) => sessionStore.expireAccessToken(session)));
      const last = [...(await callOfEach()), ...(await callOfEach(1))];
      expect(await Promise.all(last), 'calls at the end, each with a refresh').toAllSucceed();
    },
  );
});
