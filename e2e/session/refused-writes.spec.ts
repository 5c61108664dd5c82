import { httpsOf } from '../../fleet/hosts.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { hopsDuring } from '../matchers/hops.ts';
import type { App } from '../models/app.ts';
import { sessionEnd } from '../claims/authentik-login.ts';
import { refreshesAfter } from '../models/refreshes.ts';

const appName = layerApp('portal');

/** A Redis that is read-only, out of memory or without its replicas serves reads and refuses writes. */

test.use({ appName, needs: ['store'] });

test(
  'while Redis rejects writes a session whose token is due continues, and is refreshed afterwards',
  { tag: ['@lock-write-refused-is-500', '@refresh-without-lock-on-refused-write'] },
  async ({ edge, newHttpSession, sessionStore }) => {
    const { session, person } = await sessionStore.signedIn(() => newHttpSession(appName));
    const signedIn = await edge.cursor();
    await sessionStore.expireAccessToken(session);
    await sessionStore.whileWritesAreRefused(async () => {
      expect((await person.call('/api/me')).status(), 'the answer while Redis refuses writes').toBe(200);
    });
    expect(await refreshesAfter(edge, signedIn), 'refreshes without a lock').toEqual([]);
    expect((await person.call('/api/me')).status(), 'the answer afterwards').toBe(200);
    expect(await refreshesAfter(edge, signedIn), 'refreshes afterwards').toEqual([200]);
  },
);

test(
  'while Redis rejects writes sign-out ends in this browser and at Authentik, and says what it cannot end',
  { tag: ['@sign-out-needs-store'] },
  async ({ app, fleet, newPerson, sessionStore }) => {
    await app.openSignedIn(await newPerson());
    await sessionStore.whileWritesAreRefused(async () => {
      const answer = responseOf(app, '/auth/oidc/logout');
      await app.signOutControl.click();
      await expect(heading(app), 'the page after signing out').toHaveText('You are signed out in this browser');
      await expect(app.page.getByRole('main')).toContainText('Other devices may still be signed in.');
      expect((await answer).headers()['x-session-reason'], 'the reason').toBe('store-unavailable');
    });
    expect((await app.call('/api/me')).status(), 'after signing out').toBe(401);
    const atAuthentik = app.page.getByRole('button', { name: `Sign out at ${fleet.hosts.auth}` });
    const hops = await hopsDuring(app.page, async () => {
      await atAuthentik.click();
      await sessionEnd(app.page).waitFor();
    });
    expect(hops).toComeTo(`${httpsOf(fleet.hosts.auth)}/application/o/${appName}/end-session/`);
  },
);

const heading = ({ page }: App) => page.getByRole('heading', { level: 1 });

/** The next response for a path, whatever the page does with it. */
const responseOf = ({ page }: App, path: string) =>
  page.waitForResponse((response) => new URL(response.url()).pathname === path);
