import { expect } from '../matchers/index.ts';
import { apiHeaders } from './web-app.ts';
import { doesNotApply, expectRefused, openSession, type ClaimFixtures } from './claim.ts';
import type { WebAppDescription } from './web-app.ts';

/** A logout token to one pod ends the session on the other (OpenID Connect Back-Channel Logout 1.0, section 2.8). */
export const backChannel =
  ({ name, backChannel: path }: WebAppDescription) =>
  async ({ app, fleet, newPerson, authentik }: ClaimFixtures) => {
    if (!path) return doesNotApply('the app has no endpoint for logout tokens that is known: --back-channel <path>');
    const {
      person,
      pods: [a, b],
    } = await openSession({ app, fleet, newPerson });
    const cookie = await app.cookieHeader();

    const [token = ''] = await authentik.logoutTokens(name, person.username);
    const { request } = app.context;
    const response = await request.post(app.origin + path, {
      headers: { ...apiHeaders(a), cookie: '' },
      form: { logout_token: token },
      maxRedirects: 0,
    });
    expect([200, 204], `${a} answered the logout token with ${response.status()}`).toContain(response.status());
    await expectRefused(app, cookie, [b, a]);
  };
