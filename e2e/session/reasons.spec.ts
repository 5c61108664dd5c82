import { createHash } from 'node:crypto';
import type { SessionReason } from '../../apps/environment/session-reasons.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { appNames, type AppName } from '../../apps/environment/apps.ts';
import type { Person } from '../../fixtures/person.ts';
import type { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import type { Capability } from '../../fleet/engines/shared/capabilities.ts';
import { contract, routes } from '../contract.ts';
import { deadline } from '../deadline.ts';
import type { HttpSession } from '../claims/sign-in-by-http.ts';
import { apiHeaders } from '../claims/web-app.ts';
import { delayNextRefresh } from '../models/refreshes.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import type { App } from '../models/app.ts';
import type { AuthentikAdmin } from '../claims/authentik-admin.ts';
import { refusalOf, refusedRoutes } from '../models/refusal-of.ts';
import { refusalLines } from '../models/refusal-lines.ts';
import { metric, sessionLines } from '../models/session-reports.ts';
import { twoPods } from '../claims/two-pods.ts';
import { whileRedisHangs } from '../models/pods.ts';
import { sessionsBack, wholeFleet } from '../models/recovery.ts';
import { secretOf, sessionIdIn, sessionSecretOf } from '../models/sealed-cookie.ts';
import type { SessionKeys, StoredKey } from '../models/session-store.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('operator');

interface Loss {
  app: App;
  person: Person;
  session: StoredKey;
  sessionStore: SessionKeys;
  authentikAdmin: AuthentikAdmin;
  tokenKey: string;
  /** The session of another user. */
  other: () => Promise<StoredKey>;
}

/** An end at Authentik that the next refresh notices, which is due at once. */
const noticedByRefresh =
  (end: 'deleteRefreshTokens' | 'deleteSessions') =>
  async ({ authentikAdmin, person, session, sessionStore }: Loss): Promise<void> => {
    await authentikAdmin[end](person);
    await sessionStore.expireAccessToken(session);
  };

/** How a session is lost, and how the pod that serves the next request says so. */
const losses: ReadonlyArray<{
  reason: SessionReason;
  what: string;
  lose: (loss: Loss) => Promise<unknown>;
  /** The pod ends the session, and does not only find that it has ended. */
  ends?: true;
  /** It asks Authentik for new tokens first. */
  refreshes?: true;
  /** Each pod finds out by itself that such a session has ended. */
  isLimit?: true;
  /** Those that have its limit, which is a setting of each app; all else is the same code in both. */
  apps?: readonly AppName[];
  /** Beside those that every loss makes visible, and every end. */
  tags?: readonly string[];
  annotation?: ReturnType<typeof shows>;
}> = [
  {
    reason: 'missing',
    what: 'its entry has expired in the store',
    annotation: shows('RFC 6265bis 4.1.2.1', 'RFC 6265bis 8.3 contents', 'store load expired'),
    lose: ({ session, sessionStore }) => sessionStore.db(session.db).pexpire(session.key, 1),
  },
  {
    reason: 'unreadable',
    what: 'its tokens are encrypted with another key',
    annotation: shows('store encrypted', 'store save over broken'),
    lose: ({ session, sessionStore }) => sessionStore.encryptOtherwise(session),
  },
  {
    reason: 'mismatched',
    what: "the entry is a copy of another user's",
    annotation: shows('ASVS 10.5.2'),
    tags: ['@entry-of-another-user-accepted'],
    lose: async ({ session, sessionStore, other }) => sessionStore.overwrite(session, await other()),
  },
  {
    reason: 'mismatched',
    what: "the refresh token is a copy of another user's",
    ends: true,
    refreshes: true,
    tags: ['@refresh-token-of-another-user-accepted'],
    annotation: shows('ASVS 10.5.2'),
    lose: async ({ session, sessionStore, other }) => sessionStore.overwriteRefreshToken(session, await other()),
  },
  {
    reason: 'too-old',
    what: 'the user signed in longer ago than the app allows',
    ends: true,
    isLimit: true,
    apps: appNames,
    tags: ['@session-without-maximum-age'],
    annotation: shows('ASVS 7.3.2', 'ASVS 7.6.1', 'store save creation time'),
    lose: ({ app, session, sessionStore, tokenKey }) =>
      sessionStore.ageSignIn(session, contract.maxSeconds[app.name] + 600, tokenKey),
  },
  {
    reason: 'idle',
    what: 'it was not used for 13 hours',
    ends: true,
    isLimit: true,
    apps: appNames.filter((name) => contract.idleSeconds[name] !== undefined),
    lose: ({ app, session, sessionStore }) => sessionStore.age(session, (contract.idleSeconds[app.name] ?? 0) + 3600),
  },
  {
    reason: 'refused',
    what: 'its refresh token is revoked at Authentik',
    ends: true,
    refreshes: true,
    tags: ['@refreshes-not-counted'],
    lose: noticedByRefresh('deleteRefreshTokens'),
  },
  {
    reason: 'ended-at-authentik',
    what: 'its session at Authentik is deleted',
    ends: true,
    refreshes: true,
    lose: noticedByRefresh('deleteSessions'),
  },
];

const labelOf = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 12);

const counters = [
  'dezky_requests_without_session_total',
  'dezky_http_requests_total',
  'dezky_token_refresh_seconds_count',
];

/** The reason and the id of a response, and its counters on the pod that sent it and on the other one. */
async function said(fleet: Fleet, app: App, pods: readonly [string, string], cookie: string) {
  const [pod] = pods;
  const count = (name: string) => Promise.all(pods.map((each) => metric(fleet, each, name)));
  const counts = () => Promise.all(counters.map(count));
  const before = await counts();
  const refusal = await refusalOf(app, { pod, cookie });
  const { status, reason } = refusal;
  const after = await counts();
  const added = (counter: number, labels: string): number[] =>
    pods.map((_pod, index) => (after[counter]?.[index]?.[labels] ?? 0) - (before[counter]?.[index]?.[labels] ?? 0));
  return {
    ...refusal,
    added: added(0, reason),
    requests: added(1, `api ${status}`),
    refreshes: added(2, reason),
  };
}

test.use({ appName, needs: ['store'] });

for (const { reason, what, lose, ends, refreshes, isLimit, apps = [appName], tags = [], annotation = [] } of losses)
  for (const name of apps)
    test.describe(name, () => {
      test.use({ appName: name });
      test(
        `a session is "${reason}" when ${what}, in the response, the log and the counter of the pod`,
        {
          tag: [
            '@refusal-without-reason',
            '@session-id-in-the-log',
            '@requests-not-counted',
            '@refusal-deletes-cookie',
            '@ended-session-blocks-sign-in',
            ...(isLimit ? ['@limits-checked-by-one-pod'] : []),
            ...(ends ? ['@session-end-not-logged', '@end-reason-forgotten'] : []),
            ...tags,
          ],
          annotation,
        },
        async ({ app, authentikAdmin, fleet, manifests, newPerson, newProfile, providerSettings, sessionStore }) => {
          // Without it Authentik would end the session with a logout token before the next refresh.
          await providerSettings(name, { logoutUri: null });
          const pods = await twoPods(fleet, name);
          const person = await newPerson();
          const session = await sessionStore.sessionOf(() => app.startSession(person));
          const cookie = await app.cookieHeader();
          const id = await sessionIdIn(cookieValue(cookie), sessionSecretOf(name, manifests));
          const tokenKey = secretOf(name, manifests, 'NUXT_OIDC_TOKEN_KEY');
          const other = async () => {
            const others = await app.inProfile(await newProfile());
            return sessionStore.sessionOf(async () => others.startSession(await newPerson()));
          };
          const parts = cookieValue(cookie).split(/[*.]/);
          const legible = [cookie, ...parts.map((part) => Buffer.from(part, 'base64url').toString('latin1'))].join(' ');
          expect(legible, 'what anybody can read in the cookie').not.toContain(id);
          await lose({ app, person, session, sessionStore, authentikAdmin, tokenKey, other });
          const entry = await sessionStore.value(session);

          const { requestId, ...first } = await said(fleet, app, pods, cookie);
          expect(first, 'responses with the cookie, and what pods counted').toEqual({
            status: 401,
            reason,
            session: labelOf(id),
            added: [refusedRoutes.length, 0],
            requests: [1, 0],
            refreshes: refreshes ? [1, 0] : [0, 0],
          });
          const common = { reason, app: name, pod: pods[0], session: labelOf(id) };
          const lines = await refusalLines(fleet, pods[0], requestId);
          const others = (await sessionLines(fleet, pods[1])).filter((line) => line.requestId === requestId);
          expect(others, 'lines about the request in the log of the other pod').toEqual([]);
          expect(lines).toMatchObject([
            ...(ends ? [{ event: 'session-end', ...common, user: expect.stringMatching(/^[\w-]{12}$/) }] : []),
            { event: 'no-session', ...common },
          ]);
          expect(JSON.stringify(lines), 'the log').not.toMatch(new RegExp(`${id}|${person.username}|${person.name}`));

          const { reason: later } = await refusalOf(app, { pod: pods[1], cookie });
          expect(later, 'what the other pod says').toBe(reason);
          if (isLimit) {
            // As if the first pod had not removed it.
            await sessionStore.putBack(session, entry);
            const { reason: alone } = await refusalOf(app, { pod: pods[1], cookie });
            expect(alone, 'what the other pod says when the first has not removed it').toBe(reason);
          }

          expect(await app.cookieHeader(), 'the cookies of the browser').toBe(cookie);
          await app.startSession(person);
          expect((await app.call('/api/me')).status(), 'a call after the next sign-in of this browser').toBe(200);
        },
      );
    });

test(
  'without a cookie, or with one that no pod can open, there is a reason and one line per second',
  {
    tag: [
      '@refusal-without-reason',
      '@refusal-deletes-cookie',
      '@strangers-fill-the-log',
      '@skipped-lines-not-counted',
    ],
    annotation: shows('RFC 6265bis 8.3 contents', 'store load nothing'),
  },
  async ({ app, fleet }) => {
    const pods = await twoPods(fleet, appName);
    for (const [cookie, reason] of [
      ['', 'none'],
      [`${contract.sessionCookie}=forged`, 'unsealed'],
    ] as const) {
      const before = (await metric(fleet, pods[0], 'dezky_requests_without_session_total'))[reason] ?? 0;
      const since = (await sessionLines(fleet, pods[0])).length;
      const started = Date.now();
      for (let request = 0; request < 10; request += 1)
        expect(await refusalOf(app, { pod: pods[0], cookie })).toMatchObject({ status: 401, reason });
      const seconds = Math.ceil((Date.now() - started) / 1000);
      const after = (await metric(fleet, pods[0], 'dezky_requests_without_session_total'))[reason] ?? 0;
      expect(after - before, `requests counted as "${reason}"`).toBe(10 * refusedRoutes.length);
      const lines = async () =>
        (await sessionLines(fleet, pods[0])).slice(since).filter((line) => line.reason === reason);
      const { length } = await lines();
      expect(length, `lines about "${reason}" in ${seconds} s`).toBeLessThanOrEqual(seconds + 1);
      const next = async () => {
        await app.call('/api/me', { pod: pods[0], headers: { cookie } });
        return (await lines()).length;
      };
      await expect.poll(next, { message: 'lines with the next one', intervals: [1100] }).toBeGreaterThan(length);
      const requests = (await lines()).reduce((sum, { count = 1 }) => sum + count, 0);
      expect(requests, 'requests that the lines stand for').toBeGreaterThan(after - before);
    }
  },
);

test(
  'after a sign-out, a second sign-in and a logout token every pod knows how the old session ended',
  {
    tag: [
      '@refusal-without-reason',
      '@end-reason-forgotten',
      '@lost-session-without-a-word',
      '@refusal-deletes-cookie',
      '@refusal-of-ended-session-deletes-cookie',
    ],
    annotation: shows('ASVS 7.2.4', 'RFC 7009 2.2'),
  },
  async ({ app, authentikAdmin, fleet, newPerson, sessionStore }) => {
    const pods = await twoPods(fleet, appName);
    const person = await newPerson();
    const reasonsOf = (cookie: string) =>
      Promise.all(pods.map(async (pod) => (await refusalOf(app, { pod, cookie })).reason));
    await app.openSignedIn(person);
    const first = await app.cookieHeader();
    await app.startSignIn();
    await app.expectSignedIn();
    expect(await reasonsOf(first), 'of a session that a second sign-in replaced').toEqual(['replaced', 'replaced']);
    const valid = () => authentikAdmin.refreshTokensOf(person);
    await expect.poll(valid, 'valid refresh tokens after the second sign-in').toBe(1);

    const second = await app.cookieHeader();
    await app.signOut();
    expect(await reasonsOf(second), 'of a session that its user ended').toEqual(['signed-out', 'signed-out']);

    const session = await sessionStore.sessionOf(() => app.startSession(person));
    const third = await app.cookieHeader();
    await authentikAdmin.deleteSessions(person);
    await expect.poll(() => sessionStore.keyNames(), { message: 'keys in Redis' }).not.toContain(session.key);
    expect(await reasonsOf(third), 'of a session that Authentik ended').toEqual(['back-channel', 'back-channel']);
    await app.goto('/');
    await expect(app.page.getByRole('alert')).toHaveText('Your session has ended. Please sign in again.');
  },
);

test.describe(() => {
  test.use({ needs: ['kill', 'store'] });
  test.afterEach(({ fleet, apps }) => wholeFleet(fleet, apps));

  test(
    'while Redis hangs the response says that the store is unavailable',
    {
      tag: ['@store-outage-without-reason', '@store-errors-not-counted'],
      annotation: shows('store load outage'),
    },
    async ({ app, fleet, newPerson }) => {
      const [pod] = await twoPods(fleet, appName);
      const errors = async () => (await metric(fleet, pod, 'dezky_session_store_errors_total'))['read'] ?? 0;
      await app.startSession(await newPerson());
      const before = await errors();
      await whileRedisHangs(fleet, async () => {
        expect(await refusalOf(app, { pod })).toMatchObject({ status: 503, reason: 'store-unavailable' });
        expect(await errors(), 'store errors that the pod counted').toBeGreaterThan(before);
      });
      await sessionsBack(fleet, app);
    },
  );
});

/** What fails after the response to a request, so that only the log of the pod says so. */
const failures: ReadonlyArray<{
  what: string;
  tag: string;
  needs: readonly Capability[];
  line: RegExp;
  fail: (failure: Failure) => Promise<void>;
}> = [
  {
    what: 'a revocation that Authentik refuses',
    tag: '@refused-revocation-without-status',
    needs: [],
    line: /^A refresh token could not be revoked: status 503\.$/,
    fail: async ({ authentik, pod, user, isLogged }) => {
      await authentik.setFault({ endpoint: 'revoke', status: 503 });
      const headers = { ...apiHeaders(pod), origin: user.origin };
      await user.request.post(user.origin + routes.signOut, { headers, maxRedirects: 0 });
      await isLogged();
    },
  },
  {
    what: 'a refresh that ends while Redis hangs',
    tag: '@failed-refresh-not-logged',
    needs: ['kill'],
    line: /^A refresh failed: \w/,
    fail: async ({ authentik, authentikAdmin, fleet, person, pod, session, sessionStore, user, isLogged }) => {
      const asked = await delayNextRefresh(authentik, person.username, deadline(2000));
      await sessionStore.expireAccessToken(session);
      const call = user.call('/api/me', pod);
      await asked();
      // After a refusal the pod looks whether another one has renewed the tokens.
      await authentikAdmin.deleteRefreshTokens(person);
      await whileRedisHangs(fleet, isLogged);
      await call;
    },
  },
];

interface Failure extends Pick<Loss, 'authentikAdmin' | 'person' | 'session' | 'sessionStore'> {
  authentik: AuthentikControl;
  fleet: Fleet;
  pod: string;
  user: HttpSession;
  isLogged: () => Promise<void>;
}

for (const { what, tag, needs, line, fail } of failures)
  test.describe(() => {
    test.use({ needs: ['store', 'authentik-control', ...needs] });
    test.afterEach(({ fleet, apps }) => wholeFleet(fleet, apps));

    test(
      `the log of the pod says why ${what} fails`,
      { tag: [tag] },
      async ({ authentik, authentikAdmin, fleet, newHttpSession, newPerson, sessionStore }) => {
        const [pod] = await twoPods(fleet, appName);
        const person = await newPerson();
        const { session, person: user } = await sessionStore.signedIn(() => newHttpSession(appName, person));
        const before = (await fleet.logs(pod)).length;
        const lines = async () => (await fleet.logs(pod)).slice(before).filter((each) => !each.startsWith('{'));
        const isLogged = () =>
          expect
            .poll(lines, { message: `the log of ${pod}`, timeout: deadline(10_000) })
            .toContainEqual(expect.stringMatching(line));
        await fail({ authentik, authentikAdmin, fleet, person, pod, session, sessionStore, user, isLogged });
      },
    );
  });

const cookieValue = (header: string): string =>
  header
    .split('; ')
    .find((pair) => pair.startsWith(`${contract.sessionCookie}=`))
    ?.slice(contract.sessionCookie.length + 1) ?? '';
