import { sessionApp } from '../../apps/environment/apps.ts';
import { contract } from '../contract.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { recovery } from '../models/recovery.ts';
import { expireForReal, refreshesAfter, refreshesOf } from '../models/refreshes.ts';
import { twoPods } from '../claims/two-pods.ts';

const appName = layerApp('portal');

test.use({ appName, needs: ['store', 'authentik-control'] });

for (const { title, tag, fault, pauseMs } of [
  {
    title: 'while Authentik is down, many calls of a session ask it once in two seconds',
    tag: '@failed-refresh-repeated',
    fault: { endpoint: 'all', status: 503 },
    pauseMs: contract.refreshPauseMs,
  },
  {
    title: 'an Authentik that sends Retry-After is not asked before',
    tag: '@retry-after-ignored',
    fault: { tokenStatus: 429, retryAfter: 4 },
    pauseMs: 4000,
  },
] as const) {
  test(title, { tag: [tag] }, async ({ app, authentik, edge, fleet, newPerson, sessionStore }) => {
    const [pod] = await twoPods(fleet, appName);
    const session = await sessionStore.sessionOf(async () => app.openSignedIn(await newPerson()));
    await sessionStore.expireAccessToken(session);
    await authentik.setFault(fault);
    const after = await edge.cursor();
    const begun = performance.now();
    const elapsed = () => performance.now() - begun;
    // For longer than the default pause.
    while (elapsed() < contract.refreshPauseMs * 1.3) await app.call('/api/me', { pod });
    const most = 1 + Math.floor(elapsed() / pauseMs);
    const refreshes = (await refreshesAfter(edge, after)).length;
    expect(refreshes, `token requests with a pause of ${pauseMs} ms`).toBeLessThanOrEqual(most);
    expect(refreshes, 'unproven: no call needed a refresh').toBeGreaterThan(0);
  });
}

test(
  'while the tokens of one user cannot be renewed, those of another are, by the same pod',
  { tag: ['@failed-refresh-fails-others'] },
  async ({ authentik, edge, fleet, newHttpSession, sessionStore }) => {
    const [pod] = await twoPods(fleet, appName);
    const [one, other] = [
      await sessionStore.signedIn(() => newHttpSession(appName)),
      await sessionStore.signedIn(() => newHttpSession(appName)),
    ];
    for (const { session } of [one, other]) await sessionStore.expireAccessToken(session);
    await authentik.setFault({ tokenStatus: 503, username: one.person.username });
    const after = await edge.cursor();
    await one.person.call('/api/me', pod);
    expect((await other.person.call('/api/me', pod)).status(), 'the answer to the other user').toBe(200);
    expect(await refreshesAfter(edge, after), 'refreshes of one and of the other').toEqual([503, 200]);
  },
);

/** With which a proxy or a firewall may answer for Authentik's token endpoint, as an HTML page. */
const statuses = [200, 400, 401, 403, 404, 407, 408, 413, 421, 429, 500, 502, 503, 504] as const;

test(
  'no status with which something in front of Authentik answers a refresh ends a session',
  { tag: ['@refusal-of-proxy-signs-out'] },
  async ({ authentik, newHttpSession, sessionStore }) => {
    const ended: number[] = [];
    for (const status of statuses) {
      const { person, session } = await sessionStore.signedIn(() => newHttpSession(appName));
      await sessionStore.expireAccessToken(session);
      await authentik.setFault({ username: person.username, tokenStatus: status });
      await person.call('/api/me');
      const { hits } = (await authentik.faults()).find(({ username }) => username === person.username)!;
      expect(hits, `refreshes that were answered ${status}`).toBeGreaterThan(0);
      if ((await sessionStore.value(session)) === null) ended.push(status);
    }
    expect(ended, 'statuses that ended a session').toEqual([]);
  },
);

test(
  'a page that is opened while Authentik is down says so, and works after the recovery',
  { tag: ['@error-page-redirects-to-sign-in'] },
  async ({ app, fleet, newPerson, sessionStore, authentik }) => {
    const session = await sessionStore.sessionOf(async () => app.openSignedIn(await newPerson()));
    await expireForReal(app, { session, sessionStore, authentik });
    await authentik.setFault({ endpoint: 'all', status: 503 });
    const path = sessionApp[appName].pages[1];
    // Also after hydration, when its scripts could navigate away.
    await app.open(path, { status: 503 });
    await expect(app.page.getByRole('heading', { level: 1 })).toHaveText('We will be right back');
    await expect(app.page.getByText('Your session cannot be renewed right now.')).toBeVisible();

    await authentik.clearFaults();
    // A pod gives a failure again for a moment, instead of asking Authentik.
    for (const pod of await twoPods(fleet, appName)) {
      const of = 'the session when Authentik is back';
      await recovery(() => app.call('/api/me', { pod }), { of, allowed: ['503 app'] });
    }
    await app.page.reload();
    await expect(app.page, 'the page when Authentik is back').toHaveURL(app.origin + path);
    await expect(app.signOutControl).toBeVisible();
  },
);

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
