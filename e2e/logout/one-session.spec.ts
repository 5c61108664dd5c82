import { appNames } from '../../apps/environment/apps.ts';
import type { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import type { Person } from '../../fixtures/person.ts';
import type { AuthentikAdmin } from '../claims/authentik-admin.ts';
import { signInByHttp, type HttpSession } from '../claims/sign-in-by-http.ts';
import { twoPods } from '../claims/two-pods.ts';
import { contract, routes } from '../contract.ts';
import { expect, test } from '../index.ts';
import { secretOf } from '../models/sealed-cookie.ts';
import { shows } from '../requirements/requirements.ts';
import { strangersAmong, type SessionKeys, type StoredKey } from '../models/session-store.ts';

/** The app whose sessions end in every way that there is. */
const appName = 'operator';
const others = appNames.filter((name) => name !== appName);

interface Ending {
  own: HttpSession;
  person: Person;
  session: StoredKey;
  sessionStore: SessionKeys;
  authentik: AuthentikControl;
  authentikAdmin: AuthentikAdmin;
  tokenKey: string;
}

const next = ({ own }: Ending) => own.call('/api/me');

const signOut = ({ own }: Ending) => own.request.post(own.origin + routes.signOut, { headers: { origin: own.origin } });

/** The endings after which the app revokes the refresh token, with the change in the number of valid ones at Authentik. */
const revoked = new Map([
  ['a sign-out', -1],
  ['a sign-out with tokens of another key', -1],
  ['another sign-in', 0],
  ['an idle time', -1],
  ['the greatest age', -1],
]);

/** How the session of one user in one browser ends. */
const endings: Readonly<Record<string, (ending: Ending) => Promise<unknown>>> = {
  'a sign-out': signOut,
  'a sign-out with tokens of another key': async (ending) => {
    await ending.sessionStore.encryptOtherwise(ending.session);
    await signOut(ending);
  },
  'another sign-in': ({ own, person }) => signInByHttp(own.request, own.origin, person, routes.signIn),
  'an idle time': async (ending) => {
    await ending.sessionStore.age(ending.session, contract.idleSeconds[appName] + 3600);
    await next(ending);
  },
  'the greatest age': async (ending) => {
    await ending.sessionStore.ageSignIn(ending.session, contract.maxSeconds[appName] + 600, ending.tokenKey);
    await next(ending);
  },
  'a logout token': async ({ own, authentik, person }) => {
    const token = (await authentik.logoutTokens(appName, person.username)).at(-1) ?? '';
    await own.request.post(own.origin + routes.backChannel, { form: { logout_token: token } });
  },
  // Last: the other sessions of the user could not be renewed afterwards.
  'a refused refresh': async (ending) => {
    await ending.authentikAdmin.deleteRefreshTokens(ending.person);
    await ending.sessionStore.expireAccessToken(ending.session);
    await next(ending);
  },
};

test.use({ needs: ['store', 'authentik-control'] });

test(
  'however a session ends, its refresh token ends with it, the other device, the other app and other users stay signed in on every pod, and no unknown key stays in Redis',
  {
    tag: [
      '@sign-out-ends-everybody',
      '@sign-out-ends-other-devices',
      '@idle-ends-kept-forever',
      '@unreadable-session-outlives-sign-out',
      '@refresh-token-outlives-limits',
    ],
    annotation: shows('RFC 7009 2.1 authentication'),
  },
  async ({ authentik, authentikAdmin, fleet, manifests, newHttpSession, newPerson, sessionStore }) => {
    const tokenKey = secretOf(appName, manifests, 'NUXT_OIDC_TOKEN_KEY');
    const person = await newPerson();
    const bystanders = {
      'another user': await newHttpSession(appName),
      'another device': await newHttpSession(appName, person),
    };
    const pods = Object.fromEntries(
      await Promise.all(appNames.map(async (name) => [name, await twoPods(fleet, name)] as const)),
    );
    const answersOf = (app: string, session: HttpSession) =>
      Promise.all((pods[app] ?? []).map(async (pod) => (await session.call('/api/me', pod)).status()));

    const seen: Record<string, Record<string, unknown>> = {};
    for (const [what, end] of Object.entries(endings)) {
      const { session, person: own } = await sessionStore.signedIn(() => newHttpSession(appName, person));
      const elsewhere: Record<string, HttpSession> = {};
      for (const name of others) elsewhere[name] = await newHttpSession(name, person, own);
      const valid = await authentikAdmin.refreshTokensOf(person);
      await end({ own, person, session, sessionStore, authentik, authentikAdmin, tokenKey });
      const change = revoked.get(what);
      if (change !== undefined)
        await expect
          .poll(() => authentikAdmin.refreshTokensOf(person), `valid refresh tokens after ${what}`)
          .toBe(valid + change);
      const keys = await sessionStore.keys();
      const row: Record<string, unknown> = {
        ended: !keys.some(({ key }) => key === session.key),
        strangers: strangersAmong(keys),
      };
      for (const [who, theirs] of Object.entries(bystanders)) row[who] = await answersOf(appName, theirs);
      for (const [name, theirs] of Object.entries(elsewhere)) row[name] = await answersOf(name, theirs);
      seen[what] = row;
    }
    const stay = Object.fromEntries([...Object.keys(bystanders), ...others].map((who) => [who, [200, 200]]));
    expect(seen, 'who is still signed in, and keys of no known kind or without an end, after').toEqual(
      Object.fromEntries(Object.keys(endings).map((what) => [what, { ended: true, strangers: [], ...stay }])),
    );
  },
);
