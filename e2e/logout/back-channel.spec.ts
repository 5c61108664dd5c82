import { SignJWT, UnsecuredJWT, decodeJwt, generateKeyPair } from 'jose';
import type { AppName } from '../../apps/environment/apps.ts';
import type { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import type { Profile } from '../../fixtures/authentik/settings/profile.ts';
import type { Person } from '../../fixtures/person.ts';
import { deadline } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import type { StoredKey } from '../models/session-store.ts';
import { isSessionKey, routes } from '../contract.ts';
import type { AuthentikAdmin } from '../claims/authentik-admin.ts';
import { appNamed, startSessionAtEach } from '../models/app.ts';
import { logoutCallsDone, sendLogoutToken } from '../models/back-channel.ts';
import { twoPods } from '../claims/two-pods.ts';
import { recovery } from '../models/recovery.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('portal');

const now = (): number => Math.trunc(Date.now() / 1000);

/** Actions of an administrator, what they end, and whether a version of Authentik notifies the apps. */
const endings: ReadonlyArray<{
  what: string;
  annotation: ReturnType<typeof shows>;
  end: (admin: AuthentikAdmin, person: Person) => Promise<void>;
  tellsApps: (profile: Profile) => boolean;
}> = [
  {
    what: 'a session that an administrator deletes',
    annotation: shows('ASVS 7.4.5', 'Back-Channel Logout 2.2'),
    end: (admin, person) => admin.deleteSessions(person),
    tellsApps: () => true,
  },
  {
    what: 'the session of a user who is deactivated',
    annotation: shows('ASVS 7.4.2'),
    end: (admin, person) => admin.deactivate(person),
    tellsApps: ({ deactivationNotifies }) => deactivationNotifies,
  },
];

/** Claims that Authentik would never send; null omits one. */
const wrongClaims: ReadonlyArray<readonly [what: string, claims: Readonly<Record<string, unknown>>]> = [
  ['with another issuer', { iss: 'https://auth.dezky.example/application/o/another/' }],
  ['for another client', { aud: 'another' }],
  ['without events', { events: null }],
  ['with another event', { events: { 'http://schemas.openid.net/event/other': {} } }],
  ['with a nonce', { nonce: 'n' }],
  ['with neither sid nor sub', { sid: null, sub: null }],
  ['without a jti', { jti: null }],
  ['without a time of issue', { iat: null }],
  ['that has expired', { iat: now() - 3600, exp: now() - 3000 }],
  ['without an end', { exp: null }],
  ['of the future', { iat: now() + 3000, exp: now() + 3600 }],
  ['that lasts for two days', { exp: now() + 2 * 86_400 }],
];

/**
 * Logout tokens that must be refused: the negative cases of OpenID's conformance suite for relying parties, and more.
 */
async function tokensToRefuse(
  authentik: AuthentikControl,
  slug: AppName,
  { username }: Person,
): Promise<Array<[what: string, token: string]>> {
  const [valid = ''] = await authentik.logoutTokens(slug, username);
  const claims = decodeJwt(valid);
  const { privateKey: foreign } = await generateKeyPair('RS256');
  const [otherAlgorithm = ''] = await authentik.logoutTokens(slug, username, { alg: 'RS512' });
  const wrong = wrongClaims.map(async ([what, change]): Promise<[string, string]> => {
    const [token = ''] = await authentik.logoutTokens(slug, username, { claims: change });
    return [what, token];
  });
  return [
    ...(await Promise.all(wrong)),
    ['signed with another algorithm', otherAlgorithm],
    ['without a signature', new UnsecuredJWT(claims).encode()],
    [
      'signed by somebody else',
      await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'logout+jwt' }).sign(foreign),
    ],
    ['that is no token', 'garbage'],
    ['that is empty', ''],
  ];
}

test.use({ needs: ['store', 'authentik-control'] });

test.describe(appName, () => {
  test.use({ appName });

  test(
    'every pod rejects invalid logout tokens, and they end no session',
    {
      tag: [
        '@logout-token-of-any-issuer',
        '@logout-token-for-anyone',
        '@logout-token-without-event',
        '@logout-token-with-nonce',
        '@logout-token-never-ends',
        '@logout-token-of-the-future',
        '@logout-token-unverified',
        '@logout-token-without-jti',
        '@logout-token-without-iat',
      ],
      annotation: shows(
        'ASVS 10.5.5',
        'Back-Channel Logout 2.5',
        'Back-Channel Logout 2.6 step 2',
        'Back-Channel Logout 2.6 step 3',
        'Back-Channel Logout 2.6 step 4',
        'Back-Channel Logout 2.6 step 5',
        'Back-Channel Logout 2.6 step 6',
        'Back-Channel Logout 2.6 step 7',
        'Back-Channel Logout 2.6 step 9',
        'Back-Channel Logout 2.6 refusal',
      ),
    },
    async ({ app, authentik, fleet, newPerson, request }) => {
      const person = await newPerson();
      await app.startSession(person);
      const accepted: string[] = [];
      for (const pod of await twoPods(fleet, appName)) {
        for (const [what, token] of await tokensToRefuse(authentik, appName, person)) {
          const answer = await sendLogoutToken(request, app, { token, pod });
          const { error } = (await answer.json().catch(() => ({}))) as { error?: string };
          if (answer.status() !== 400 || error !== 'invalid_request')
            accepted.push(`a token ${what}: ${answer.status()} by ${pod}`);
        }
      }
      expect(accepted, 'logout tokens that should be refused').toEqual([]);

      const [token = ''] = await authentik.logoutTokens(appName, person.username);
      for (const data of ['token=none', `logout_token=${token}&logout_token=${token}`]) {
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        const answer = await request.post(app.origin + routes.backChannel, { headers, data });
        expect(await answer.json(), `the answer to ${data.replaceAll(token, '…')}`).toEqual({
          error: 'invalid_request',
          error_description: 'The logout token is refused: the form must have one logout_token.',
        });
      }
      expect((await app.call('/api/me')).status(), 'the session afterwards').toBe(200);
    },
  );

  test(
    'a logout token ends its session on every pod immediately, and no other session',
    {
      tag: ['@no-back-channel', '@back-channel-ends-everything', '@logout-token-sub-ignored'],
      annotation: shows(
        'Back-Channel Logout 2.6 step 10',
        'Back-Channel Logout 2.6 step 11',
        'Back-Channel Logout 2.7 sid',
        'Back-Channel Logout 2.7 ended before',
        'Back-Channel Logout 2.8 success',
      ),
    },
    async ({ app, authentik, fleet, newPerson, newProfile, request, sessionStore }) => {
      const [person, another] = [await newPerson(), await newPerson()];
      const { session } = await sessionStore.signedIn(() => app.startSession(person));
      const [otherDevice, otherPerson] = [
        await app.inProfile(await newProfile()),
        await app.inProfile(await newProfile()),
      ];
      await otherDevice.startSession(person);
      await otherPerson.startSession(another);
      const [first, second] = await twoPods(fleet, appName);
      const label = (await app.call('/api/me')).headers()['x-session'] ?? '';
      const said = async () =>
        (await fleet.logs(first)).flatMap((line) => {
          if (/A back-channel/.test(line)) return [line];
          return /"session-end"/.test(line) && line.includes(label) ? [JSON.parse(line).reason] : [];
        });
      const before = (await said()).length;

      for (const claims of [{ sub: 'somebody else' }, { sid: 'another' }]) {
        const [mixed = ''] = await authentik.logoutTokens(appName, person.username, { claims });
        expect((await sendLogoutToken(request, app, { token: mixed, pod: first })).status()).toBe(200);
        const answer = await app.call('/api/me', { pod: first });
        expect(answer.status(), `the session after a logout token with ${JSON.stringify(claims)}`).toBe(200);
      }

      const [token = ''] = await authentik.logoutTokens(appName, person.username);
      const answer = await sendLogoutToken(request, app, { token, pod: first });
      expect(`${answer.status()} ${await answer.text()}`, 'the answer to Authentik').toBe('200 ');

      for (const pod of [first, second]) {
        expect((await app.call('/api/me', { pod })).status(), `the session on ${pod}`).toBe(401);
        expect((await otherDevice.call('/api/me', { pod })).status(), `another device on ${pod}`).toBe(200);
        expect((await otherPerson.call('/api/me', { pod })).status(), `another person on ${pod}`).toBe(200);
      }
      expect(await sessionStore.keyNames(), 'session keys afterwards').not.toContain(session.key);

      // A logout token that ends no session is not logged.
      const [again = ''] = await authentik.logoutTokens(appName, person.username);
      expect((await sendLogoutToken(request, app, { token: again, pod: first })).status()).toBe(200);
      expect((await sendLogoutToken(request, app, { token, pod: first })).status()).toBe(400);
      await expect
        .poll(async () => (await said()).slice(before), 'lines of the log')
        .toEqual(['back-channel', 'A back-channel logout was refused: it was used before']);
    },
  );

  test(
    'a logout token without a sid ends all sessions of the user, and is accepted only once',
    {
      tag: ['@logout-token-by-sub-ignored', '@logout-token-replayed'],
      annotation: shows('Back-Channel Logout 2.6 step 8', 'Back-Channel Logout 2.7 sub'),
    },
    async ({ app, authentik, fleet, newPerson, newProfile, request, sessionStore }) => {
      const person = await newPerson();
      const devices = [app, await app.inProfile(await newProfile())];
      for (const device of devices) await device.startSession(person);
      const [first, second] = await twoPods(fleet, appName);
      const [token = ''] = await authentik.logoutTokens(appName, person.username, { claims: { sid: null } });

      const [used] = await sessionStore.addedBy(
        async () => expect((await sendLogoutToken(request, app, { token, pod: first })).status()).toBe(200),
        (key) => key.startsWith(`${appName}:logout-token:`),
      );
      const remembered = used?.ttl;
      const valid = (decodeJwt(token).exp ?? 0) - now();
      for (const device of devices) {
        expect((await device.call('/api/me')).status(), 'a session of the person').toBe(401);
      }
      await app.startSession(person);
      expect(
        (await sendLogoutToken(request, app, { token, pod: second })).status(),
        'the same token on another pod',
      ).toBe(400);
      expect((await app.call('/api/me')).status(), 'the next session after the replay').toBe(200);

      // A pod fetches the key set again for an unknown `kid`, at most once a second.
      for (const rotation of [1, 2]) {
        await authentik.rotateKeys({ keepOld: false });
        const [next = ''] = await authentik.logoutTokens(appName, person.username);
        await recovery(() => sendLogoutToken(request, app, { token: next, pod: second }), {
          of: `a token of a new key, rotation ${rotation}`,
          allowed: ['400 app'],
          timeout: deadline(5000),
        });
      }
      expect(remembered, 'seconds for which a used token is remembered').toBeGreaterThanOrEqual(valid);
      // Twice the tolerance of clocks. Otherwise the notes of all sign-outs fill Redis.
      expect(remembered, 'seconds for which a used token is remembered').toBeLessThanOrEqual(valid + 11 * 60);
    },
  );

  test(
    'a logout token without a sub ends the session of its sid, and no other of the user',
    { tag: ['@logout-token-without-sub-refused'], annotation: shows('Back-Channel Logout 2.7 sid') },
    async ({ app, authentik, fleet, newHttpSession, newPerson, request }) => {
      const [pod] = await twoPods(fleet, appName);
      const person = await newPerson();
      const devices = [await newHttpSession(appName, person), await newHttpSession(appName, person)];
      const [token = ''] = await authentik.logoutTokens(appName, person.username, { claims: { sub: null } });
      const answer = await sendLogoutToken(request, app, { token, pod });
      expect(`${answer.status()} ${await answer.text()}`, 'the answer to the token').toBe('200 ');
      const statuses = await Promise.all(devices.map(async ({ call }) => (await call('/api/me')).status()));
      expect(statuses.toSorted(), 'one session of the user and the other').toEqual([200, 401]);
    },
  );

  test(
    'a logout token that arrives an hour late ends its session, because it has not expired',
    { tag: ['@late-logout-token-refused'], annotation: shows('Back-Channel Logout 2.8 success') },
    async ({ app, authentik, fleet, newPerson, request }) => {
      const person = await newPerson();
      await app.startSession(person);
      const [pod] = await twoPods(fleet, appName);
      const claims = { iat: now() - 3600, exp: now() + 600 };
      const [token = ''] = await authentik.logoutTokens(appName, person.username, { claims });
      const answer = await sendLogoutToken(request, app, { token, pod });
      expect(`${answer.status()} ${await answer.text()}`, 'the answer to the late token').toBe('200 ');
      expect((await app.call('/api/me')).status(), 'the session afterwards').toBe(401);
    },
  );

  test(
    'a logout token that arrives while the key set cannot be fetched gets a temporary error, and ends the session later',
    { tag: ['@jwks-outage-refuses-logout-tokens'], annotation: shows('Back-Channel Logout 2.8 failure') },
    async ({ app, authentik, fleet, newPerson, request }) => {
      const person = await newPerson();
      await app.startSession(person);
      const [pod] = await twoPods(fleet, appName);
      await authentik.setFault({ endpoint: 'jwks', status: 503 });
      await authentik.rotateKeys({ keepOld: false });
      const [token = ''] = await authentik.logoutTokens(appName, person.username);
      const errorOf = async () =>
        ((await (await sendLogoutToken(request, app, { token, pod })).json()) as { error: string }).error;
      // A pod that has just fetched the key set does not fetch it again within a second.
      await expect
        .poll(errorOf, { message: 'the answer while the keys cannot be read', timeout: deadline(5000) })
        .toBe('temporarily_unavailable');
      // Not platform-api's data, which needs the key set as well.
      expect((await app.call('/api/_auth/session')).status(), 'the session meanwhile').toBe(200);

      await authentik.clearFaults();
      await recovery(() => sendLogoutToken(request, app, { token, pod }), {
        of: 'the same token when the keys can be read',
        allowed: ['400 app'],
        timeout: deadline(5000),
      });
      expect((await app.call('/api/me')).status(), 'the session afterwards').toBe(401);
    },
  );

  test(
    'a session keeps its sid and sub when a refresh returns an id token without sid',
    { tag: ['@refresh-drops-session-index'] },
    async ({ app, authentik, newPerson, sessionStore }) => {
      const person = await newPerson();
      const added = await sessionStore.addedBy(() => app.openSignedIn(person));
      const session = added.find(({ key }) => isSessionKey(key));
      // Authentik renews the tokens of a session that has expired there, and leaves `sid` out.
      await authentik.setClock(25 * 3600);
      await authentik.removeExpiredSessions();
      await sessionStore.expireAccessToken(session as StoredKey);
      expect((await app.call('/api/me')).status(), 'the renewal').toBe(200);

      await app.signOut();
      const left = new Set(await sessionStore.keyNames());
      expect(
        added.map(({ key }) => key).filter((key) => left.has(key)),
        'keys of the session afterwards',
      ).toEqual([]);
    },
  );

  test(
    'a session that ends at Authentik during sign-in is not created in the app',
    { tag: ['@sign-in-outlives-its-end', '@ended-sign-in-is-an-error'] },
    async ({ app, authentik, authentikAdmin, authentikSetup, newPerson }) => {
      const person = await newPerson();
      const { next: after } = await authentik.requests();
      // The app fetches the key set after it has the tokens and before it stores the session.
      await authentik.setFault({ endpoint: 'jwks', delayMs: 1000 });
      const signingIn = app.startSession(person).then(
        () => 'signed in',
        ({ message }: Error) => message,
      );
      const tokens = async () =>
        (await authentik.requests({ after, user: person.username })).requests.filter(
          ({ grantType, status }) => grantType === 'authorization_code' && status === 200,
        ).length;
      await expect.poll(tokens, { message: 'codes redeemed', intervals: [20] }).toBe(1);
      await authentikAdmin.deleteSessions(person);
      await logoutCallsDone(authentikSetup);
      const end = await signingIn;
      expect((await app.call('/api/me')).status(), 'the session that began meanwhile').toBe(401);
      expect(end, 'where the sign-in ended').toContain(`${app.origin}/sign-in?failed=unavailable answered 200 `);
    },
  );

  test.describe(() => {
    test.use({ needs: ['store', 'logout-calls'] });

    for (const { what, annotation, end, tellsApps } of endings) {
      test(
        `${what} at Authentik ends on every pod, by back-channel logout`,
        { tag: ['@no-back-channel'], annotation },
        async ({ app, authentikAdmin, authentikProfile, authentikSetup, fleet, newPerson }) => {
          const status = tellsApps(authentikProfile) ? 401 : 200;
          const person = await newPerson();
          await app.startSession(person);
          const pods = await twoPods(fleet, appName);
          await end(authentikAdmin, person);
          await logoutCallsDone(authentikSetup);
          for (const pod of pods) {
            expect((await app.call('/api/me', { pod })).status(), `the ended session on ${pod}`).toBe(status);
          }
        },
      );
    }
  });
});

test.describe(() => {
  test.use({ needs: ['store', 'logout-calls'] });

  test(
    `signing out of ${appName} and of Authentik ends the sessions of every app`,
    { tag: ['@no-back-channel'] },
    async ({ apps, authentikSetup, newPerson, providerSettings }) => {
      await providerSettings(appName, { invalidationFlow: 'full' });
      await startSessionAtEach(apps, await newPerson());
      const app = appNamed(apps, appName);
      await app.goto('/');
      await app.signOut();
      await logoutCallsDone(authentikSetup);
      for (const one of apps) expect((await one.call('/api/me')).status(), `the session of ${one.name}`).toBe(401);
    },
  );
});
