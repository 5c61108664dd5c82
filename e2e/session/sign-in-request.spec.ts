import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { unspentCallback } from '../models/unspent-callback.ts';
import { routes } from '../contract.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('operator');

test.use({ appName, needs: ['store'] });

test(
  'a sign-in asks for a code and for the scopes that the app uses, and for nothing else',
  { tag: ['@sign-in-asks-for-more'], annotation: shows('ASVS 10.2.3', 'ASVS 10.5.1', 'RFC 9700 2.1.2') },
  async ({ app }) => {
    const answer = await app.context.request.get(app.origin + routes.signIn, { maxRedirects: 0 });
    const { searchParams } = new URL(answer.headers()['location'] ?? 'about:blank');
    expect(searchParams.get('response_type'), 'what the sign-in asks for').toBe('code');
    // `offline_access`: without a refresh token a session would last for 5 minutes.
    expect(searchParams.get('scope')?.split(' ').toSorted(), 'scopes').toEqual([
      'email',
      'offline_access',
      'openid',
      'profile',
    ]);
  },
);

test(
  'a code of another browser opens no session, also with the state of this one',
  {
    tag: ['@sign-in-without-pkce'],
    annotation: shows('ASVS 10.1.2', 'ASVS 10.5.1', 'RFC 9700 2.1.1 injection', 'RFC 9700 2.1.1 PKCE'),
  },
  async ({ app, newPerson, newProfile, sessionStore }) => {
    const victim = await app.inProfile(await newProfile());
    await victim.startSession(await newPerson());
    const stolen = (await unspentCallback(victim)).searchParams.get('code') ?? '';

    const login = await app.context.request.get(app.origin + routes.signIn, { maxRedirects: 0 });
    const state = new URL(login.headers()['location'] ?? 'about:blank').searchParams.get('state') ?? '';
    const left = await sessionStore.addedBy(() =>
      app.goto(`${routes.callback}?${new URLSearchParams({ code: stolen, state })}`),
    );
    expect(left, 'sessions that the stolen code opens').toEqual([]);
    await expect(app.page, 'where the callback leads').toHaveURL(/\/sign-in\?.*failed=unavailable/);
    expect((await app.call('/api/me')).status(), 'GET /api/me').toBe(401);
  },
);
