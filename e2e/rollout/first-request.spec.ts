import { apps as everyApp, sessionApp } from '../../apps/environment/apps.ts';
import { deadline, limit } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { startSessionAtEach, type App } from '../models/app.ts';
import { twoPods } from '../claims/two-pods.ts';
import { thenUndo } from '../models/then-undo.ts';

test.use({ needs: ['rollout'] });

/** Milliseconds within which the first request after a rollout is answered. */
const mostMs = deadline(3_000);

/** A request of each kind, and the status of its answer. `other`: the app in a profile with another session. */
const kinds = ({ app, other }: { app: App; other: App }) => {
  const { request } = app.context;
  const options = { maxRedirects: 0, timeout: mostMs };
  const get = (path: string) => [`GET ${path}`, () => request.get(app.origin + path, options)] as const;
  const { pages, api } = sessionApp[app.name];
  return [
    ...[...pages, ...api, '/sign-in', '/auth/oidc/login', '/favicon.ico'].map((path) => ({
      sent: get(path),
      status: 200,
    })),
    {
      sent: [
        'POST /auth/oidc/logout',
        () =>
          other.context.request.post(`${app.origin}/auth/oidc/logout`, { ...options, headers: { origin: app.origin } }),
      ] as const,
      status: 303,
    },
  ];
};

for (const { name } of everyApp) {
  test(
    `after a rollout of ${name}, without traffic in between, the first request of each kind is answered at once`,
    { tag: ['@first-request-waits'] },
    async ({ apps, fleet, newPerson, newProfile }) => {
      const profile = await newProfile();
      const others = await Promise.all(apps.map((app) => app.inProfile(profile)));
      for (const device of [apps, others]) await startSessionAtEach(device, await newPerson());
      await fleet.rollout(name);
      const asked = apps.flatMap((app, index) =>
        kinds({ app, other: others[index] as App }).map((kind) => ({ app: app.name, ...kind })),
      );
      const answers = await Promise.all(
        asked.map(async ({ app, sent: [what, send] }) => {
          const answer = await send().then(
            (response) => String(response.status()),
            (error: Error) => error.message.split('\n')[0],
          );
          return `${app}: ${what}: ${answer}`;
        }),
      );
      expect(answers, `first answers after the rollout of ${name}`).toEqual(
        asked.map(({ app, sent: [what], status }) => `${app}: ${what}: ${status}`),
      );
    },
  );
}

test.describe('while the keys of Authentik cannot be read', () => {
  test.use({ needs: ['rollout', 'authentik-control'] });

  test(
    'a pod of platform-api that has none gets no calls, and those that it would replace stay',
    { tag: ['@keys-read-by-first-request'] },
    async ({ apps, authentik, fleet, newPerson, steadyTraffic }) => {
      await startSessionAtEach(apps, await newPerson());
      const old = await twoPods(fleet, 'platform-api');
      const streams = await Promise.all(
        apps.map(async (app) =>
          steadyTraffic({
            url: `${app.origin}/api/me`,
            cookie: await app.cookieHeader(),
            rate: 10,
            connection: 'close',
          }),
        ),
      );
      await authentik.setFault({ endpoint: 'jwks', status: 503 });
      let rollout: Promise<void> | undefined;
      await thenUndo(
        async () => {
          rollout = fleet.rollout('platform-api');
          rollout.catch(() => {});
          let fresh: string | undefined;
          const log = async () => {
            fresh ??= (await fleet.pods('platform-api')).find(({ name }) => !old.includes(name))?.name;
            return fresh === undefined ? '' : (await fleet.logs(fresh).catch(() => [])).join('\n');
          };
          await expect
            .poll(log, { message: 'the log of the new pod', timeout: deadline(30_000) })
            .toMatch(/^Tokens of /m);
          const isReady = async () => (await fleet.pods('platform-api')).find(({ name }) => name === fresh)?.ready;
          // A readiness probe takes 3 s at most and comes every 2 s, so that a pod which passes is Ready by then.
          const end = Date.now() + limit(6_000);
          await expect
            .poll(async () => [Date.now() > end, await isReady()], {
              message: 'whether the new pod is Ready',
              timeout: deadline(40_000),
            })
            .toEqual([true, false]);
        },
        async () => {
          await authentik.clearFaults();
          await rollout;
        },
      );
      for (const traffic of streams) expect(await traffic.stop(), 'calls meanwhile').toAllSucceed();
    },
  );
});
