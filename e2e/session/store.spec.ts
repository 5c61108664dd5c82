import { appNames } from '../../apps/environment/apps.ts';
import { twoPods } from '../claims/two-pods.ts';
import {
  contract,
  hasWholeLifetime,
  isSessionKey,
  kindsOfKeys,
  nameKeyPatterns,
  sessionKeyPattern,
  routes,
} from '../contract.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { refreshesBegun } from '../models/refreshes.ts';
import { strangersAmong, type StoredKey } from '../models/session-store.ts';
import { shows } from '../requirements/requirements.ts';

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName, needs: ['store'] });

    test(
      `a session is one key in Redis: db ${contract.database}, the prefix of the app, a TTL of ${contract.lifetimeDays} days`,
      {
        tag: ['@memory-sessions', '@wrong-redis-db', '@shared-prefix', '@missing-ttl', '@sessions-stored-twice'],
        annotation: shows('ASVS 7.3.1', 'store save expiry'),
      },
      async ({ app, newPerson, sessionStore }) => {
        const person = await newPerson();
        const added = await sessionStore.sessionsAddedBy(() => app.signIn(person));

        expect(added, 'keys that signing in adds to Redis').toHaveLength(1);
        const [session] = added;
        expect(session?.db, 'Redis database of the session').toBe(contract.database);
        expect(session?.key, 'name of the session key').toMatch(sessionKeyPattern(appName));
        expect(session?.ttl, 'seconds to live').toBeGreaterThan(contract.leastSecondsLeft);
        expect(session?.ttl, 'seconds to live').toBeLessThanOrEqual(contract.lifetimeSeconds);
        expect(
          (await sessionStore.keys()).filter(({ db }) => db !== contract.database),
          `keys outside of db ${contract.database}`,
        ).toEqual([]);
      },
    );

    test(
      'logout tokens find a session by its sid and sub, exactly as long as it exists',
      {
        tag: [
          '@session-index-without-ttl',
          '@session-index-outlives-session',
          '@session-index-in-plain-text',
          '@session-index-not-renewed',
        ],
      },
      async ({ app, newPerson, sessionStore }) => {
        const person = await newPerson();
        const added = await sessionStore.addedBy(() => app.openSignedIn(person));
        const names = added.filter(({ key }) => !isSessionKey(key));
        const patterns = nameKeyPatterns(appName);
        expect(names.map(({ key }) => key).toSorted(), 'keys of its names').toEqual(
          patterns.map((pattern) => expect.stringMatching(pattern)),
        );
        for (const { key, ttl } of names) {
          expect(ttl, `seconds to live of ${key}`).toBeGreaterThan(contract.leastSecondsLeft);
          expect(hasWholeLifetime(ttl), `${ttl} s for ${key} are a whole lifetime`).toBe(true);
        }

        const session = added.find(({ key }) => isSessionKey(key));
        const now = Date.now() / 1000;
        for (const { db, key } of names) {
          const redis = sessionStore.db(db);
          await redis.expire(key, 60);
          for (const member of await redis.zrange(key, 0, -1)) await redis.zadd(key, now + 60, member);
        }
        await sessionStore.expireAccessToken(session as StoredKey);
        expect((await app.call('/api/me')).status(), 'the renewal').toBe(200);
        for (const { db, key } of names) {
          const ttl = await sessionStore.db(db).ttl(key);
          expect(hasWholeLifetime(ttl), `${ttl} s for ${key} after a renewal are a whole lifetime`).toBe(true);
          const [, end] = await sessionStore.db(db).zrange(key, 0, -1, 'WITHSCORES');
          const found = Number(end) - now;
          expect(found, `seconds in which ${key} finds the session after a renewal`).toBeGreaterThan(
            contract.leastSecondsLeft,
          );
        }

        await app.signOut();
        const left = new Set(await sessionStore.keyNames());
        expect(
          names.filter(({ key }) => left.has(key)).map(({ key }) => key),
          'names of the session after signing out',
        ).toEqual([]);
      },
    );

    test('every pod reports that it keeps sessions in Redis', { tag: ['@memory-sessions'] }, async ({ app, fleet }) => {
      for (const name of await twoPods(fleet, appName)) {
        const readiness = await app.call('/api/_health/ready', { pod: name });
        expect(await readiness.json(), name).toMatchObject({ driver: 'redis' });
      }
    });
  });
}

test.describe(() => {
  test.use({ needs: ['store', 'authentik-control'] });

  test(
    'every key in Redis is of a known kind and expires, and those that a session writes have the lifetime of their kind',
    {
      tag: [
        '@end-reason-without-ttl',
        '@ended-sign-ins-kept-for-days',
        '@refresh-lock-without-ttl',
        '@sign-ins-counted-in-redis',
      ],
    },
    async ({ authentik, newHttpSession, newPerson, sessionStore }) => {
      const appName = layerApp('portal');
      const written = new Map<string, number>();
      const strangers = new Set<string>();
      /** Notes the keys that are new since the start. Those of other tests may have been changed by them. */
      const look = async () => {
        const keys = await sessionStore.keys();
        for (const stranger of strangersAmong(keys)) strangers.add(stranger);
        for (const { key, ttl } of keys) if (!before.has(key) && !written.has(key)) written.set(key, ttl);
      };
      const before = new Set(await sessionStore.keyNames());
      const person = await newPerson();
      const { session, person: first } = await sessionStore.signedIn(() => newHttpSession(appName, person));
      await look();
      await authentik.setFault({ tokenDelayMs: 3000, username: person.username });
      await sessionStore.expireAccessToken(session);
      const call = first.call('/api/me');
      await refreshesBegun(sessionStore, [session]);
      await look();
      expect((await call).status(), 'the call that renews').toBe(200);

      const [token = ''] = await authentik.logoutTokens(appName, person.username);
      await first.request.post(first.origin + routes.backChannel, { form: { logout_token: token } });
      await look();
      const second = await newHttpSession(appName);
      await second.request.post(`${second.origin}/auth/oidc/logout`, { headers: { origin: second.origin } });
      await look();

      expect([...strangers], 'keys of no known kind, or without an end').toEqual([]);
      const own = kindsOfKeys(appName).map(({ kind, pattern, seconds: [least, most] }) => {
        const found = [...written].filter(([key]) => pattern.test(key)).map(([, ttl]) => ttl);
        const wrong = found.filter((ttl) => ttl !== -2 && (ttl < least || ttl > most));
        return { kind, isThere: found.length > 0, wrong };
      });
      expect(own, 'kinds of keys, and seconds to live that are not those of their kind').toEqual(
        own.map(({ kind }) => ({ kind, isThere: true, wrong: [] })),
      );
    },
  );
});

test.describe(() => {
  const appName = layerApp('operator');
  test.use({ appName, needs: ['store'] });

  test(
    'a session that an earlier release has stored, with less in it, is one: it is renewed, and ends',
    { tag: ['@entries-of-another-format'] },
    async ({ fleet, newHttpSession, sessionStore }) => {
      const { session, person } = await sessionStore.signedIn(() => newHttpSession(appName));
      // What nuxt-oidc-auth 0.18 stores by itself.
      await sessionStore.keepFields(session, ['exp', 'iat', 'accessToken', 'refreshToken', 'idToken']);
      for (const pod of await twoPods(fleet, appName))
        expect((await person.call('/api/me', pod)).status(), `the session on ${pod}`).toBe(200);
      await sessionStore.keepFields(session, ['exp', 'iat', 'accessToken', 'refreshToken', 'idToken']);
      await sessionStore.expireAccessToken(session);
      expect((await person.call('/api/me')).status(), 'the renewal').toBe(200);
      const { origin } = person;
      await person.request.post(`${origin}/auth/oidc/logout`, { headers: { origin }, maxRedirects: 0 });
      expect(await sessionStore.value(session), 'the session after signing out').toBeNull();
    },
  );

  test(
    'no request takes longer the more sessions there are: none reads every key',
    { tag: ['@readiness-counts-sessions'] },
    async ({ app, fleet, newHttpSession, sessionStore }) => {
      const before = await sessionStore.commands();
      for (const pod of await twoPods(fleet, appName)) await app.call('/api/_health/ready', { pod });
      const { call, request, origin } = await newHttpSession(appName);
      for (const path of ['/api/me', '/', '/api/_auth/session']) await call(path);
      await request.post(`${origin}/auth/oidc/logout`, { headers: { origin }, maxRedirects: 0 });
      const after = await sessionStore.commands();
      const sent = [...after].filter(([name, calls]) => calls > (before.get(name) ?? 0)).map(([name]) => name);
      expect(sent, 'commands that were sent').toContain('get');
      const ofAll = new Set(['scan', 'keys', 'dbsize', 'randomkey', 'flushdb', 'sort']);
      expect(
        sent.filter((name) => ofAll.has(name)),
        'commands that are about every key',
      ).toEqual([]);
    },
  );
});
