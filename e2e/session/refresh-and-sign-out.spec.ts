import type { APIRequestContext } from '@playwright/test';
import { sessionApp } from '../../apps/environment/apps.ts';
import type { Person } from '../../fixtures/person.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import type { AuthentikAdmin } from '../claims/authentik-admin.ts';
import { isSessionKey, routes } from '../contract.ts';
import { deadline } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { SessionKeys, type StoredKey } from '../models/session-store.ts';
import type { App } from '../models/app.ts';
import { twoPods } from '../claims/two-pods.ts';
import { redisService } from '../models/pods.ts';
import { refreshesBegun, refreshesEnded, refreshesOf } from '../models/refreshes.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('portal');

const everyRefreshRotates = { refreshThresholdSeconds: 0 };

/**
 * The session's keys are deleted, also those of the index, Authentik has no valid refresh token of it, and a copy of its
 * cookie is refused by every pod.
 */
async function expectEnded(
  when: string,
  { app, authentikAdmin, fleet, sessionStore, person, keys, cookie, request }: Ended,
): Promise<void> {
  const left = new Set(await sessionStore.keyNames());
  expect(
    keys.map(({ key }) => key).filter((key) => left.has(key)),
    `session keys after signing out ${when}`,
  ).toEqual([]);
  await expect
    .poll(() => authentikAdmin.refreshTokensOf(person), { message: `valid refresh tokens after signing out ${when}` })
    .toBe(0);
  for (const pod of await twoPods(fleet, app.name)) {
    for (const path of [...sessionApp[app.name].api, '/api/_auth/session']) {
      const replay = await request.get(app.origin + path, {
        headers: { cookie, 'x-edge-pin': pod },
        maxRedirects: 0,
      });
      expect(replay.status(), `old cookie, ${path} on ${pod}`).toBe(401);
    }
  }
}

/** The keys that signing in adds to Redis, and that of the session among them. */
async function keysOf(store: SessionKeys, signIn: () => Promise<unknown>) {
  const keys = await store.addedBy(signIn);
  return { keys, session: keys.find(({ key }) => isSessionKey(key)) as StoredKey };
}

interface Ended {
  app: App;
  fleet: Fleet;
  authentikAdmin: AuthentikAdmin;
  sessionStore: SessionKeys;
  person: Person;
  /** All that signing in has added to Redis. */
  keys: readonly StoredKey[];
  /** `cookie` header of the session, saved before. */
  cookie: string;
  /** Without cookies of its own. */
  request: APIRequestContext;
}

test.use({ appName, needs: ['store', 'authentik-control'] });

test(
  'sign-out on one pod during a refresh on the other ends the session permanently',
  {
    tag: ['@refresh-revives-session', '@index-revived-by-refresh', '@unused-refresh-token-kept'],
    annotation: shows('ASVS 7.4.1', 'store refresh atomic'),
  },
  async ({ app, authentik, authentikAdmin, fleet, newPerson, newProfile, providerSettings, sessionStore }) => {
    const fixtures = { app, authentikAdmin, fleet, sessionStore };
    const [a, b] = await twoPods(fleet, appName);
    await providerSettings(appName, everyRefreshRotates);
    const person = await newPerson();
    const { keys, session } = await keysOf(sessionStore, () => app.openSignedIn(person));
    const cookie = await app.cookieHeader();
    const { request } = await newProfile();
    // Longer than signing out takes.
    await authentik.setFault({ tokenDelayMs: deadline(5000), username: person.username });
    await sessionStore.expireAccessToken(session);

    const late = request.get(`${app.origin}/api/me`, { headers: { cookie, 'x-edge-pin': a }, maxRedirects: 0 });
    await refreshesBegun(sessionStore, [session]);
    await app.pinTo(b);
    await app.signOut();
    expect(await refreshesOf(authentik, { user: person.username }), 'refreshes answered before').toEqual([]);

    // It arrived before the sign-out, and may continue with its access token.
    expect([200, 401], 'the call that began the refresh').toContain((await late).status());
    await refreshesEnded(sessionStore, [session]);
    expect(await refreshesOf(authentik, { user: person.username }), 'refreshes answered after').toEqual([200]);
    await expectEnded('during a refresh', { ...fixtures, person, keys, cookie, request });
  },
);

test(
  'sign-out after a refresh ends the session on every pod',
  { tag: ['@logout-keeps-key'] },
  async ({ app, authentik, authentikAdmin, fleet, newPerson, newProfile, providerSettings, sessionStore }) => {
    const fixtures = { app, authentikAdmin, fleet, sessionStore };
    const [a, b] = await twoPods(fleet, appName);
    await providerSettings(appName, everyRefreshRotates);
    const person = await newPerson();
    const { keys, session } = await keysOf(sessionStore, () => app.openSignedIn(person));
    await sessionStore.expireAccessToken(session);
    expect((await app.call('/api/me', { pod: a })).status(), `refreshing on ${a}`).toBe(200);
    expect(await refreshesOf(authentik, { user: person.username }), 'refreshes').toEqual([200]);
    const cookie = await app.cookieHeader();

    await app.pinTo(b);
    await app.signOut();
    const { request } = await newProfile();
    await expectEnded('after a refresh', { ...fixtures, person, keys, cookie, request });
  },
);

/** What happens after a sign-out has read its session, and before it removes it. The refresh token that is then of no use. */
const meanwhile = [
  {
    what: 'a refresh on another pod stores a new one',
    tag: '@sign-out-revokes-older-token',
    // That of another user, to tell them apart.
    unused: 'other',
    happens: (store: SessionKeys, session: StoredKey, other: StoredKey) => store.overwriteRefreshToken(session, other),
  },
  {
    // ioredis sends a command again when the connection has closed before its reply.
    what: 'the session is removed, and the reply lost',
    tag: '@lost-reply-keeps-refresh-token',
    unused: 'person',
    happens: (store: SessionKeys, session: StoredKey) => store.removeEntry(session),
  },
] as const;

test.describe('sign-out revokes the refresh token of the session', () => {
  test.use({ needs: ['store', 'authentik-control', 'network-faults'] });

  for (const { what, tag, unused, happens } of meanwhile)
    test(
      `when meanwhile ${what}`,
      { tag: [tag] },
      async ({ authentikAdmin, fleet, newHttpSession, newPerson, sessionStore }) => {
        const people = { person: await newPerson(), other: await newPerson() };
        const signIn = (person: Person) => sessionStore.signedIn(() => newHttpSession(appName, person));
        const { session: other } = await signIn(people.other);
        const { session, person: browser } = await signIn(people.person);
        const [, port] = (await sessionStore.db(0).config('GET', 'port')) as [string, string];
        // Past the Service, whose connections are slow.
        using direct = new SessionKeys({ ...(await fleet.reach(redisService, 6379)), port: Number(port) });
        const reads = async () => (await direct.commands()).get('get') ?? 0;

        await fleet.setNetworkFault!(redisService, { delayMs: 500 });
        try {
          const before = await reads();
          const options = { headers: { origin: browser.origin }, maxRedirects: 0 };
          const signedOut = browser.request.post(browser.origin + routes.signOut, options);
          await expect.poll(reads, { message: 'reads of the session', intervals: [10] }).toBeGreaterThan(before);
          await happens(direct, session, other);
          expect((await signedOut).status(), 'signing out').toBe(303);
        } finally {
          await fleet.setNetworkFault!(redisService);
        }
        expect(await sessionStore.keyNames(), 'keys in Redis').not.toContain(session.key);
        const valid = () => authentikAdmin.refreshTokensOf(people[unused]);
        await expect.poll(valid, { message: 'valid refresh tokens that no session has' }).toBe(0);
      },
    );
});
