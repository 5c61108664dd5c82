import type { APIRequestContext } from '@playwright/test';
import { sessionApp } from '../../apps/environment/apps.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import type { SessionKeys, StoredKey } from '../models/session-store.ts';
import type { App } from '../models/app.ts';
import { twoPods } from '../claims/two-pods.ts';
import { refreshesBegun, refreshesEnded, refreshesOf } from '../models/refreshes.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('portal');

/** The session's key is deleted, and a copy of its cookie is refused by every pod. */
async function expectEnded(when: string, { app, fleet, store, session, cookie, request }: Ended): Promise<void> {
  const keys = await store.keyNames();
  expect(
    keys.filter((key) => key === session.key),
    `session keys after signing out ${when}`,
  ).toEqual([]);
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

interface Ended {
  app: App;
  fleet: Fleet;
  store: SessionKeys;
  session: StoredKey;
  /** `cookie` header of the session, saved before. */
  cookie: string;
  /** Without cookies of its own. */
  request: APIRequestContext;
}

test.use({ appName, needs: ['store', 'authentik-control'] });

test(
  'sign-out on one pod during a refresh on the other ends the session permanently',
  { tag: ['@refresh-revives-session'], annotation: shows('ASVS 7.4.1', 'store refresh atomic') },
  async ({ app, fleet, newPerson, newProfile, sessionStore, authentik }) => {
    const [a, b] = await twoPods(fleet, appName);
    const person = await newPerson();
    const session = await sessionStore.sessionOf(() => app.openSignedIn(person));
    const cookie = await app.cookieHeader();
    const { request } = await newProfile();
    // Longer than signing out takes.
    await authentik.setFault({ tokenDelayMs: 5000, username: person.username });
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
    await expectEnded('during a refresh', { app, fleet, store: sessionStore, session, cookie, request });
  },
);

test(
  'sign-out after a refresh ends the session on every pod',
  { tag: ['@logout-keeps-key'] },
  async ({ app, fleet, newPerson, newProfile, sessionStore, authentik }) => {
    const [a, b] = await twoPods(fleet, appName);
    const person = await newPerson();
    const session = await sessionStore.sessionOf(() => app.openSignedIn(person));
    await sessionStore.expireAccessToken(session);
    expect((await app.call('/api/me', { pod: a })).status(), `refreshing on ${a}`).toBe(200);
    expect(await refreshesOf(authentik, { user: person.username }), 'refreshes').toEqual([200]);
    const cookie = await app.cookieHeader();

    await app.pinTo(b);
    await app.signOut();
    const { request } = await newProfile();
    await expectEnded('after a refresh', { app, fleet, store: sessionStore, session, cookie, request });
  },
);
