import { sessionApp } from '../../apps/environment/apps.ts';
import { contract } from '../contract.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { AuthentikLogin } from '../claims/authentik-login.ts';
import { chainMs } from '../claims/web-app.ts';
import { unspentCallback } from '../models/unspent-callback.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('operator');

test.use({ appName, needs: ['store'] });

test(
  'a callback of another user creates no session',
  { tag: ['@login-csrf'], annotation: shows('ASVS 10.1.2', 'ASVS 10.2.1', 'RFC 9700 2.1 CSRF') },
  async ({ app, newPerson, newProfile, sessionStore }) => {
    await app.signIn(await newPerson());
    // Without PKCE, as an attacker would do: then only the state protects the victim.
    const callback = await unspentCallback(app, ({ searchParams }) => {
      searchParams.delete('code_challenge');
      searchParams.delete('code_challenge_method');
    });
    const victim = await (await newProfile()).newPage();
    const left = await sessionStore.addedBy(() => victim.goto(callback.href));

    expect(left, 'sessions that the callback opens').toEqual([]);
    await expect(victim, 'where the callback leads').toHaveURL(`${app.origin}/sign-in?failed=unfinished`);
    expect((await victim.request.get(`${app.origin}/api/me`, { maxRedirects: 0 })).status()).toBe(401);
  },
);

test(
  'a callback with a state of another browser creates no session',
  { tag: ['@login-csrf'], annotation: shows('ASVS 10.1.2', 'ASVS 10.2.1', 'RFC 9700 2.1 CSRF') },
  async ({ app, newPerson, sessionStore }) => {
    await app.signIn(await newPerson());
    await app.context.clearCookies({ name: contract.sessionCookie });
    const callback = await unspentCallback(app);
    callback.searchParams.set('state', 'another');
    const left = await sessionStore.addedBy(() => app.goto(callback.pathname + callback.search));

    expect(left, 'sessions that the callback opens').toEqual([]);
    await expect(app.page, 'where the callback leads').toHaveURL(`${app.origin}/sign-in?failed=unfinished`);
    expect((await app.call('/api/me')).status()).toBe(401);
  },
);

test(
  'a user who opens a page without a session returns to it after sign-in',
  { tag: ['@deep-link-forgotten'] },
  async ({ app, newPerson }) => {
    const asked = `${sessionApp[appName].pages[1]}?from=mail&page=2`;
    await app.goto(asked);
    await app.signInControl.click();
    await new AuthentikLogin(app.page).signIn(await newPerson());
    await expect(app.signOutControl).toBeVisible();
    await expect(app.page, 'the page that was asked for').toHaveURL(app.origin + asked);
  },
);

test.describe('with the address of an attacker', () => {
  // If the app followed it, Chromium would log that the host does not exist.
  test.use({ expectedConsole: [/evil\.example/] });

  test(
    'a sign-in that was asked to return to another host ends on the home page of the app',
    { tag: ['@sign-in-leads-to-another-host'], annotation: shows('ASVS 3.7.2', 'RFC 9700 2.1 redirectors') },
    async ({ app, newPerson }) => {
      const person = await newPerson();
      for (const [index, page] of ['//evil.example/x', '/\\evil.example/x', 'https://evil.example/x'].entries()) {
        await app.goto(`/sign-in?${new URLSearchParams({ to: page })}`);
        await app.signInControl.click();
        if (index === 0) await new AuthentikLogin(app.page).signIn(person);
        await expect(app.page, `where a sign-in with the page ${page} leads`).toHaveURL(`${app.origin}/`, {
          timeout: chainMs,
        });
        await expect(app.signOutControl).toBeVisible();
      }
    },
  );
});
