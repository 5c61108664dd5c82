import { appNames } from '../../../apps/environment/apps.ts';
import { bareName, contract, routes } from '../../contract.ts';
import { CheckFailed, repeated } from '../check.ts';
import { authorizationFaults, locationIn, repeatedValues } from '../rules/authorization-request.ts';
import { refusedSignIn } from '../rules/authorization-answer.ts';
import { cookieFaults, cookiesIn, describeCookie } from '../rules/cookies.ts';
import { ofPods, type AppCheck } from './app-check.ts';

export const signIn = appNames.flatMap((app): AppCheck[] => [
  {
    of: app,
    title: 'sign-in goes to this Authentik with PKCE, and back',
    run: ofPods(app, async ({ client, target: { urls } }) => {
      const answers = await repeated(() => client.get(app, routes.signIn));
      const locations = answers.map(locationIn);
      const [first] = locations;
      const expected = { app, own: urls[app], auth: urls.auth };
      return {
        saw: first
          ? `${first.origin}${first.pathname}, client ${first.searchParams.get('client_id')}, ${first.searchParams.get('code_challenge_method')}`
          : String(answers[0]?.status),
        faults: [
          ...new Set(answers.flatMap((answer) => authorizationFaults(answer, expected))),
          ...repeatedValues(locations).map(
            (name) =>
              `Two sign-ins of ${app} have the same ${name}: a cache in front keeps them, which it must leave alone, or see providers.oidc in apps/base/define-app.ts.`,
          ),
        ],
      };
    }),
  },
  {
    of: app,
    title: 'Authentik knows the client and its redirect URI',
    skips: ({ target: { authorize } }) => (authorize ? undefined : 'not with --no-authorize'),
    run: ofPods(app, async ({ client, target }) => {
      const url = locationIn(await client.get(app, routes.signIn));
      if (!url || url.origin !== target.urls.auth)
        throw new CheckFailed(`Signing in to ${app} does not lead to ${target.urls.auth}.`);
      const answer = await client.get('auth', url.pathname + url.search);
      const { status } = answer;
      const location = locationIn(answer);
      const isLogin =
        status === 302 && location?.origin === url.origin && /^\/(?:if\/flow|flows)\//.test(location.pathname);
      const elsewhere = `Authentik answers the sign-in of ${app} with ${status} to ${location?.origin ?? 'nowhere'}, not with its login: look at what is before it.`;
      return {
        saw: `${status} to ${location?.pathname ?? 'nowhere'}`,
        faults: isLogin ? [] : [refusedSignIn(app, url, answer) ?? elsewhere],
      };
    }),
  },
  {
    of: app,
    title: 'its cookies are Secure, HttpOnly, SameSite and for this host only',
    run: ofPods(app, async ({ client }) => {
      const answers = await repeated(() => client.get(app, routes.signIn));
      // The session cookie is only set with a session: test-user.ts checks it.
      const all = answers.map(({ headers }) => cookiesIn(headers['set-cookie']));
      const [cookies = []] = all;
      const isAttempt = ({ name }: { name: string }): boolean => bareName(name) === bareName(contract.attemptCookie);
      const none = `Signing in to ${app} sets no cookie to hold state and PKCE verifier, so no sign-in can complete.`;
      return {
        saw: cookies.map(describeCookie).join(' | ') || 'no cookie',
        faults: [
          ...(all.every((its) => its.some(isAttempt)) ? [] : [none]),
          ...new Set(all.flat().flatMap((cookie) => cookieFaults(cookie))),
        ],
      };
    }),
  },
]);
