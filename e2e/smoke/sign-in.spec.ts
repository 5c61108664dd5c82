import { parseSetCookie } from 'cookie-es';
import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { contract } from '../contract.ts';
import { requirePod, test } from './fixtures.ts';
import { authorizationFaults, readLocation, repeatedValues } from '../probes/rules/authorization-request.ts';
import { cookieFaults, describeCookie } from '../probes/rules/cookies.ts';
import { shows } from '../requirements/requirements.ts';

/** Only operator can have the regression. */
const tagOf = (app: AppName): string[] => (app === 'operator' ? ['@wrong-auth-url'] : []);

for (const app of appNames) {
  test.describe(app, () => {
    test.beforeEach(({ client }) => requirePod(client, app));
    test(
      'sign-in goes to this Authentik with PKCE, and back',
      {
        tag: tagOf(app),
        annotation: shows(
          'ASVS 10.1.2',
          'RFC 9700 2.1.1 PKCE',
          'RFC 9700 2.1.1 transaction',
          'RFC 9700 2.1.1 S256',
          'RFC 9700 2.1.2',
          'RFC 9700 2.6 responses',
        ),
      },
      async ({ client, target, report }) => {
        const [one, other] = [await client.get(app, '/auth/oidc/login'), await client.get(app, '/auth/oidc/login')];
        const [first, second] = [one, other].map(readLocation);
        const repeated = first && second ? repeatedValues(first, second) : [];
        report({
          saw: first
            ? `${first.origin}${first.pathname}, client ${first.searchParams.get('client_id')}, ${first.searchParams.get('code_challenge_method')}`
            : String(one.status),
          faults: [
            ...authorizationFaults(one, { app, own: target.urls[app], auth: target.urls.auth }),
            ...repeated.map(
              (name) => `Two sign-ins of ${app} have the same ${name}: see providers.oidc in apps/base/define-app.ts.`,
            ),
          ],
        });
      },
    );

    test('Authentik knows the client and its redirect URI', { tag: tagOf(app) }, async ({ client, target, report }) => {
      test.skip(!target.authorize, 'only with --authorize, since Authentik remembers an anonymous visit');
      const url = readLocation(await client.get(app, '/auth/oidc/login'));
      if (!url || url.origin !== target.urls.auth)
        throw new Error(`Signing in to ${app} does not lead to ${target.urls.auth}.`);
      const { status, headers: answer, body } = await client.get('auth', url.pathname + url.search);
      const title = /<title>([^<]*)/.exec(body)?.[1]?.trim();
      const location = URL.parse(answer.location ?? '', url);
      const isLogin =
        status === 302 && location?.origin === url.origin && /^\/(?:if\/flow|flows)\//.test(location.pathname);
      report({
        saw: `${status} to ${location?.pathname ?? 'nowhere'}`,
        faults: isLogin
          ? []
          : [
              `Authentik answers the sign-in of ${app} with ${status}${title ? ` "${title}"` : ''}, not with its login: ` +
                `register ${url.searchParams.get('redirect_uri')} for the client ${url.searchParams.get('client_id')}.`,
            ],
      });
    });

    test(
      'its cookies are Secure, HttpOnly, SameSite and for this host only',
      {
        tag: ['@security-headers-missing', '@cookie-without-host-prefix'],
        annotation: shows(
          'ASVS 3.3.1',
          'ASVS 3.3.2',
          'ASVS 3.3.3',
          'ASVS 3.3.4',
          'RFC 6265bis 4.1.3',
          'RFC 6265bis 8.3 Secure',
        ),
      },
      async ({ client, report }) => {
        const signIn = await client.get(app, '/auth/oidc/login');
        // The session cookie is only set with a session: test-user.spec.ts checks it.
        const cookies = (signIn.headers['set-cookie'] ?? []).flatMap((header) => parseSetCookie(header) ?? []);
        report({
          saw: cookies.map(describeCookie).join(' | ') || 'no cookie',
          faults: [
            ...(cookies.some(({ name }) => name === contract.attemptCookie)
              ? []
              : [`Signing in to ${app} sets no cookie to hold state and PKCE verifier, so no sign-in can complete.`]),
            ...cookies.flatMap(cookieFaults),
          ],
        });
      },
    );
  });
}
