import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import type { Answer } from '../matchers/answers.ts';
import { startSessionAtEach, type App } from '../models/app.ts';
import { precondition } from '../models/precondition.ts';

test.use({ needs: ['rollout', 'store'] });

/** Requests per second, for each app and kind of connection: few enough that two cores can start four pods beside them. */
const rate = 10;
const connections = ['keep-alive', 'close'] as const;

/** The revision of every app before and after: one release has one revision. */
const released = new Map<string, string>();
test.beforeEach(async ({ fleet }) => {
  for (const name of appNames) {
    const [pod] = await fleet.pods(name);
    precondition(pod !== undefined && pod.revision !== '', `the pods of ${name} have no revision`);
    released.set(name, pod.revision);
  }
});
test.afterEach(async ({ fleet }) => {
  await Promise.all([...released].map(([name, revision]) => fleet.rollout(name, { revision })));
});

test(
  'a rolling restart of all apps loses no request and no session',
  { tag: ['@memory-sessions', '@no-pre-stop', '@per-pod-session-secret', '@start-clears-sessions'] },
  async ({ apps, fleet, newPerson, steadyTraffic, sessionStore, ledger }) => {
    const sessions = await sessionStore.sessionsAddedBy(async () => startSessionAtEach(apps, await newPerson()));
    const before = await Promise.all(apps.map(({ name }) => fleet.pods(name)));
    const streams = await Promise.all(
      apps.flatMap((app) =>
        connections.map(async (connection) => ({
          app,
          connection,
          traffic: steadyTraffic({
            url: `${app.origin}/api/me`,
            cookie: await app.cookieHeader(),
            rate,
            connection,
          }),
        })),
      ),
    );
    const everyStream = (count: number) => Promise.all(streams.map(({ traffic }) => traffic.more(count)));

    await everyStream(10);
    const revision = `r-${Date.now().toString(36)}`;
    const rollouts = Promise.all(apps.map(({ name }) => fleet.rollout(name, { revision })));
    const browsing = browseUntil(rollouts, apps);
    await rollouts;
    const pages = await browsing;
    await everyStream(25);

    for (const { app, connection, traffic } of streams) {
      const samples = await traffic.stop();
      expect(samples, `${app.name}, ${connection}`).toAllSucceed();
      const revisions = new Set(samples.map((sample) => sample.revision));
      expect(revisions.size, `revisions that ${app.name} answered with (${[...revisions].join(', ')})`).toBe(2);
    }
    expect(pages, 'pages opened in the browser meanwhile').toAllSucceed();

    for (const [index, { name }] of apps.entries()) {
      const old = new Set(before[index]?.map((pod) => pod.name));
      const now = await fleet.pods(name);
      expect(old.size, `pods of ${name} before`).toBe(2);
      expect(now, `pods of ${name} afterwards`).toHaveLength(2);
      expect(
        now.filter((pod) => !old.has(pod.name)),
        `new pods of ${name}`,
      ).toHaveLength(2);
      precondition(
        now.every((pod) => pod.revision === revision),
        `a pod of ${name} has another revision`,
      );
    }
    expect(sessions, 'keys that signing in to the apps adds to Redis').toHaveLength(apps.length);
    const keys = await sessionStore.keyNames();
    expect(keys, 'session keys after the rollout').toEqual(expect.arrayContaining(sessions.map(({ key }) => key)));
    for (const { name } of apps) {
      const logins = await ledger.rows({ service: name, path: '/auth/oidc/login' });
      expect(logins, `sign-ins at ${name}`).toHaveLength(1);
    }
  },
);

test(
  'a rolling restart of the services that the apps call loses no call',
  { tag: ['@platform-api-pods-removed-first'] },
  async ({ apps, fleet, newPerson, steadyTraffic }) => {
    await startSessionAtEach(apps, await newPerson());
    const streams = await Promise.all(
      apps.map(async (app) => ({
        app,
        traffic: steadyTraffic({
          url: `${app.origin}/api/me`,
          cookie: await app.cookieHeader(),
          rate: 2 * rate,
          connection: 'keep-alive',
        }),
      })),
    );
    const everyStream = (count: number) => Promise.all(streams.map(({ traffic }) => traffic.more(count)));
    await everyStream(10);
    await fleet.rollout('platform-api');
    await everyStream(25);
    for (const { app, traffic } of streams)
      expect(await traffic.stop(), `calls that ${app.name} makes of platform-api`).toAllSucceed();
  },
);

/** Opens the pages of the apps in turn in the browser until the work is done, and once more afterwards. */
async function browseUntil(work: Promise<unknown>, apps: readonly App[]): Promise<Answer[]> {
  const done = new AbortController();
  const finished = () => done.abort();
  void work.then(finished, finished);
  const opened: Answer[] = [];
  for (let round = 0; !done.signal.aborted || round === 0; round += 1) {
    for (const app of apps) {
      const path = sessionApp[app.name].pages[round % sessionApp[app.name].pages.length] ?? '/';
      const response = await app.page.goto(app.origin + path);
      // A sign-in page responds with 200 and must not be mistaken for the requested page.
      const at = new URL(app.page.url()).pathname;
      opened.push({
        url: app.origin + path,
        status: at === path ? (response?.status() ?? 0) : 302,
        message: at === path ? '' : `the browser is at ${at}`,
        pod: response?.headers()['x-served-by'] ?? '',
      });
    }
  }
  return opened;
}
