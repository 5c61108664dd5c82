import { expect } from '../matchers/index.ts';
import type { Person } from '../../fixtures/person.ts';
import { doesNotApply, expectRefused, openSession, unprovenBy, type ClaimFixtures } from './claim.ts';
import { discoveryUrl } from './discovery-url.ts';
import { apiHeaders, chainMs, pathOf, type WebAppDescription } from './web-app.ts';

/**
 * Signing out passes the `end_session_endpoint` of the app's own issuer, with `id_token_hint` or `client_id` (OpenID
 * Connect RP-Initiated Logout 1.0, section 2), and ends in the app. The old cookie opens nothing on any pod, another user
 * stays signed in, and the next sign-in asks for the password.
 */
export const signOut =
  ({ name, signOut: request }: WebAppDescription) =>
  async ({ app, fleet, newPerson, newProfile, ledger }: ClaimFixtures) => {
    if (!request) return doesNotApply('no request signs out: --sign-out <path>');
    const { person, pods } = await openSession({ app, fleet, newPerson }, (person) => app.signIn(person));
    const cookie = await app.cookieHeader();
    const expectOtherIsSignedIn = await signInAnother({ app, newPerson, newProfile }, person);

    const configuration = discoveryUrl(app.issuer);
    const discovery = await app.context.request.get(configuration);
    expect(discovery.status(), `unproven: GET ${configuration}`).toBe(200);
    const { end_session_endpoint: address } = (await discovery.json()) as { end_session_endpoint?: string };
    if (address === undefined) return doesNotApply('the provider has no end_session_endpoint');
    const endpoint = new URL(address).origin + new URL(address).pathname;
    const hops = await app.leave(request);
    const [row] = await ledger.rows({ service: name, path: pathOf(request.path) });
    const status = row?.status ?? 0;
    const said = `${request.method} ${request.path} was answered ${status}`;
    expect(status < 500, `signing out fails: ${said} by ${row?.pod}`).toBe(true);
    expect(
      status < 400,
      `unproven: ${said}. Is that the request that signs out? A form with a token cannot be tried`,
    ).toBe(true);
    expect(hops).toComeTo(endpoint);
    const { searchParams } = hops.find(({ url }) => url.href.startsWith(endpoint))!.url;
    const named = ['id_token_hint', 'client_id'].filter((parameter) => searchParams.get(parameter));
    expect(named, 'what names the session to end: id_token_hint or client_id').not.toEqual([]);
    await expect(app.page, 'where the sign-out ends').toHaveURL(({ origin }) => origin === app.origin, {
      timeout: chainMs,
    });
    const { pathname } = new URL(app.page.url());
    const landing = (await ledger.rows({ service: name, path: pathname })).at(-1);
    expect(
      (landing?.status ?? 0) < 400,
      `the sign-out ends on a page that is not there: GET ${pathname} was answered ${landing?.status} by ${landing?.pod}`,
    ).toBe(true);
    await expectRefused(app, cookie, pods);
    await expectOtherIsSignedIn('signing out', pods);

    await app.startSignIn();
    await app.expectLoginForm(person, 'at the next sign-in');
  };

/**
 * A logout token to one pod ends the session on the other, and no other user's (OpenID Connect Back-Channel Logout 1.0, section
 * 2.7). One with a wrong signature ends nothing (section 2.6).
 */
export const backChannel =
  ({ name, backChannel: path, calls: [call] }: WebAppDescription) =>
  async ({ app, fleet, newPerson, newProfile, authentik }: ClaimFixtures) => {
    if (!path) return doesNotApply('the app has no endpoint for logout tokens that is known: --back-channel <path>');
    const {
      person,
      pods: [a, b],
    } = await openSession({ app, fleet, newPerson });
    const cookie = await app.cookieHeader();
    const expectOtherIsSignedIn = await signInAnother({ app, newPerson, newProfile }, person);

    // To the pod that did not sign the user in.
    const send = async (token: string): Promise<number> => {
      const response = await app.context.request.post(app.origin + path, {
        headers: { ...apiHeaders(b), cookie: '' },
        form: { logout_token: token },
        maxRedirects: 0,
      });
      return response.status();
    };
    const [token = ''] = await authentik.logoutTokens(name, person.username);
    const forged = await send(token.replace(/[^.]+$/, (signature) => 'A'.repeat(signature.length)));
    const status = (await app.call(call, { pod: b })).status();
    expect(
      status === 200,
      `a logout token with a wrong signature ends the session: ${b} answered it with ${forged}, and then GET ${call} with ${status}`,
    ).toBe(true);

    const answer = await send(token);
    expect([200, 204], `${b} answered the logout token with ${answer}`).toContain(answer);
    await expectRefused(app, cookie, [a, b]);
    await expectOtherIsSignedIn('the logout token', [a, b]);
  };

/** Signs another user in with another browser. @returns what fails if that session has ended on one of these pods. */
async function signInAnother(
  { app, newPerson, newProfile }: Pick<ClaimFixtures, 'app' | 'newPerson' | 'newProfile'>,
  { username }: Person,
) {
  const another = await newPerson();
  const other = app.inTab(await (await newProfile()).newPage());
  await other.startSession(another).catch((cause: Error) => {
    throw unprovenBy(cause.message, cause);
  });
  return async (what: string, pods: readonly string[]): Promise<void> => {
    // A provider of the app's owner may have one user alone.
    if (another.username === username) return;
    const [path] = app.description.calls;
    for (const pod of pods) {
      const status = (await other.call(path, { pod })).status();
      expect(status === 200, `${what} ends another user's session: GET ${path} was answered ${status} by ${pod}`).toBe(
        true,
      );
    }
  };
}
