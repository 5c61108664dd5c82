import { errors } from '@playwright/test';
import { sessionApp } from '../../apps/environment/apps.ts';
import type { Fault } from '../../fixtures/authentik/state/faults.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { contract } from '../contract.ts';
import { limit } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { App } from '../models/app.ts';
import { expireForReal, refreshesAfter, refreshesOf } from '../models/refreshes.ts';
import { twoPods } from '../claims/two-pods.ts';
import { recovery } from '../models/recovery.ts';

const appName = layerApp('portal');

/** Milliseconds within which there must be a response in any state of Authentik. */
const answerMs = limit(5000);

/**
 * Ways in which Authentik is unavailable: behind its proxy while it starts, without a process, with a stopped process.
 */
const outages: ReadonlyArray<{
  how: NonNullable<Fault['status']>;
  what: string;
  /** The pod's log message about a failed refresh. */
  reason: RegExp;
  ends: string;
  valid: string;
}> = [
  {
    how: 503,
    what: 'answers 503',
    reason: /: status 503\.$/,
    ends: '@idp-outage-signs-out',
    valid: '@valid-token-not-used',
  },
  {
    how: 'refused',
    what: 'breaks every connection',
    reason: /: status 502\.$/,
    ends: '@idp-outage-signs-out',
    valid: '@valid-token-not-used',
  },
  {
    how: 'hangs',
    what: 'hangs',
    reason: /: the refresh is still in progress\.$/,
    ends: '@authentik-wait-without-timeout',
    valid: '@authentik-wait-without-timeout',
  },
];

/** The result of a call within its time limit: status and text, or no response. */
async function answerOf(app: App, path: string, pod?: string): Promise<{ status: number | string; text: string }> {
  try {
    const answer = await app.call(path, { timeout: answerMs, ...(pod && { pod }) });
    return { status: answer.status(), text: await answer.text() };
  } catch (error) {
    if (!(error instanceof errors.TimeoutError)) throw error;
    return { status: `no answer within ${answerMs} ms`, text: '' };
  }
}

// The target of signing out is unavailable, and so is that page's icon.
test.use({
  appName,
  needs: ['store', 'authentik-control'],
  expectedConsole: [/\/favicon\.ico\) on https:\/\/auth\./],
});

for (const { how, what, reason, ends, valid } of outages) {
  test(
    `while Authentik ${what} no session ends: an expired access token leads to 503, and to 200 after the recovery`,
    { tag: [ends, '@failed-renewal-not-logged'] },
    async ({ app, fleet, newPerson, sessionStore, authentik }) => {
      const [a, b] = await twoPods(fleet, appName);
      const session = await sessionStore.sessionOf(async () => app.openSignedIn(await newPerson()));
      await expireForReal(app, { session, sessionStore, authentik });

      await authentik.setFault({ endpoint: 'all', status: how });
      const answers = await Promise.all([a, b].map((pod) => answerOf(app, '/api/me', pod)));
      expect(
        answers.map(({ status }) => status),
        'while Authentik is away',
      ).toEqual([503, 503]);
      expect(answers[0]?.text, 'what it says').toContain('Please try again in a moment.');
      const said = async () => (await fleet.logs(a)).findLast((line) => line.startsWith('Tokens could not be renewed'));
      await expect.poll(said, 'why, in the log of the pod').toMatch(reason);

      await authentik.clearFaults();
      // A refresh that started during the outage ends a moment after it.
      for (const pod of [a, b])
        await recovery(() => app.call('/api/me', { pod }), {
          of: `the session on ${pod} when Authentik is back`,
          allowed: ['503 app'],
          timeout: answerMs,
        });
    },
  );

  test(
    `while Authentik ${what} a valid access token stays in use`,
    { tag: [valid, '@readiness-depends-on-authentik'] },
    async ({ app, fleet, newPerson, sessionStore, authentik }) => {
      const session = await sessionStore.sessionOf(async () => app.openSignedIn(await newPerson()));
      // Due for a refresh, and valid for another five minutes.
      await sessionStore.expireAccessToken(session);
      await authentik.setFault({ endpoint: 'all', status: how });
      const { status } = await answerOf(app, '/api/me');
      expect(status, 'with a valid access token').toBe(200);
      // Otherwise no pod of platform-api would be left for it.
      const health = await app.context.request.get(`${httpsOf(fleet.hosts.api)}/health/ready`, {
        timeout: answerMs,
      });
      expect(health.status(), 'readiness of platform-api').toBe(200);
    },
  );
}

test(
  'while Authentik is down, many calls of a session ask it once in two seconds',
  { tag: ['@failed-refresh-repeated'] },
  async ({ app, authentik, edge, fleet, newPerson, sessionStore }) => {
    const [pod] = await twoPods(fleet, appName);
    const session = await sessionStore.sessionOf(async () => app.openSignedIn(await newPerson()));
    await sessionStore.expireAccessToken(session);
    await authentik.setFault({ endpoint: 'all', status: 503 });
    const after = await edge.cursor();
    const begun = performance.now();
    for (let call = 0; call < 20; call += 1) await app.call('/api/me', { pod });
    const most = 1 + Math.floor((performance.now() - begun) / contract.refreshPauseMs);
    const refreshes = (await refreshesAfter(edge, after)).length;
    expect(refreshes, 'token requests for 20 calls').toBeLessThanOrEqual(most);
    expect(refreshes, 'unproven: no call needed a refresh').toBeGreaterThan(0);
  },
);

test(
  'a page that is opened while Authentik is down says so, and works after the recovery',
  { tag: ['@error-page-redirects-to-sign-in'] },
  async ({ app, newPerson, sessionStore, authentik }) => {
    const session = await sessionStore.sessionOf(async () => app.openSignedIn(await newPerson()));
    await expireForReal(app, { session, sessionStore, authentik });
    await authentik.setFault({ endpoint: 'all', status: 503 });
    const path = sessionApp[appName].pages[1];
    // Also after hydration, when its scripts could navigate away.
    await app.open(path, { status: 503 });
    await expect(app.page.getByRole('heading', { level: 1 })).toHaveText('We will be right back');
    await expect(app.page.getByText('Your session cannot be renewed right now.')).toBeVisible();

    await authentik.clearFaults();
    await app.page.reload();
    await expect(app.page, 'the page when Authentik is back').toHaveURL(app.origin + path);
    await expect(app.signOutControl).toBeVisible();
  },
);

for (const { how, what } of outages) {
  test(
    `sign-out works while Authentik ${what}: the session ends on every pod`,
    { tag: ['@logout-keeps-key'] },
    async ({ app, fleet, edge, clientId, newPerson, sessionStore, authentik }) => {
      const pods = await twoPods(fleet, appName);
      const session = await sessionStore.sessionOf(async () => app.openSignedIn(await newPerson()));
      const cookie = await app.cookieHeader();
      await expireForReal(app, { session, sessionStore, authentik });
      await app.goto('/');
      await authentik.setFault({ endpoint: 'all', status: how });
      // The redirect target is unavailable.
      await app.signOutControl.click({ noWaitAfter: true });
      await expect
        .poll(() => sessionStore.keyNames(), {
          message: 'session keys after signing out',
          timeout: answerMs,
        })
        .not.toContain(session.key);
      for (const pod of pods) {
        const answer = await app.call('/api/me', { pod, headers: { cookie } });
        expect(answer.status(), `the old cookie on ${pod}`).toBe(401);
      }
      await authentik.clearFaults();
      // In another tab, because the first one may still be navigating.
      const tab = new App(appName, { page: await app.context.newPage(), hosts: fleet.hosts, edge, clientId });
      await tab.startSignIn();
      await tab.expectSignedIn();
    },
  );
}

test(
  'an Authentik that has lost its sessions, tokens and users makes users sign in again',
  { tag: ['@invalid-grant-treated-as-outage'] },
  async ({ app, newPerson, sessionStore, authentik, ledger }) => {
    const person = await newPerson();
    const session = await sessionStore.sessionOf(() => app.openSignedIn(person));
    await authentik.reset();
    const { next: after } = await authentik.requests();
    expect((await app.call('/api/me')).status(), 'with an access token that is still valid').toBe(200);

    await sessionStore.expireAccessToken(session);
    await app.goto('/');
    await expect(app.page, 'where the page leads').toHaveURL(`${app.origin}/sign-in?failed=ended`);
    expect(await refreshesOf(authentik, { after }), 'refreshes').toEqual([400]);
    await authentik.createUser(person);
    await app.signIn(person);
    expect(await ledger.failures(appName), 'failures').toEqual([]);
  },
);
