import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { routes } from '../contract.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('portal');

test.use({ appName, needs: ['store', 'authentik-control'] });

test(
  'an id token with the claims of a logout token is none, and no answer to one may be stored',
  {
    tag: ['@logout-token-of-any-type', '@responses-cacheable'],
    annotation: shows('ASVS 10.5.5', 'Back-Channel Logout 4.1', 'Back-Channel Logout 2.8 no-store'),
  },
  async ({ app, authentik, newPerson, request }) => {
    const claims = { jti: 'one', events: { 'http://schemas.openid.net/event/backchannel-logout': {} } };
    const person = await newPerson(undefined, { claims });
    await app.startSession(person);
    const [logoutToken = ''] = await authentik.logoutTokens(appName, person.username);
    const signOut = await app.context.request.post(`${app.origin}/auth/oidc/logout`, {
      headers: { origin: app.origin },
      maxRedirects: 0,
    });
    const next = new URL(signOut.headers()['location'] ?? 'about:blank').searchParams.get('next') ?? '';
    const idToken = new URL(next, app.origin).searchParams.get('id_token_hint') ?? '';

    const answerTo = async (token: string) => {
      const answer = await request.post(app.origin + routes.backChannel, { form: { logout_token: token } });
      return { status: answer.status(), stored: answer.headers()['cache-control'] };
    };
    expect(await answerTo(idToken), 'the answer to an id token').toEqual({ status: 400, stored: 'no-store' });
    expect(await answerTo(logoutToken), 'the answer to a logout token').toEqual({ status: 200, stored: 'no-store' });
  },
);
