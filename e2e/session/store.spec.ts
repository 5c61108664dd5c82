import { appNames } from '../../apps/environment/apps.ts';
import { contract, hasWholeLifetime, isSessionKey, nameKeyPatterns, sessionKeyPattern } from '../contract.ts';
import { expect, test } from '../index.ts';
import type { StoredKey } from '../models/session-store.ts';
import { twoPods } from '../claims/two-pods.ts';
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
      { tag: ['@session-index-without-ttl', '@session-index-outlives-session', '@session-index-in-plain-text'] },
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
        for (const { db, key } of names) await sessionStore.db(db).expire(key, 60);
        await sessionStore.expireAccessToken(session as StoredKey);
        expect((await app.call('/api/me')).status(), 'the renewal').toBe(200);
        for (const { db, key } of names) {
          const ttl = await sessionStore.db(db).ttl(key);
          expect(hasWholeLifetime(ttl), `${ttl} s for ${key} after a renewal are a whole lifetime`).toBe(true);
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
