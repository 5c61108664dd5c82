import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { test } from './fixtures.ts';
import { tally } from '../probes/probes.ts';
import { discoveryPath, jsonOf, type Discovery } from '../probes/rules/discovery.ts';
import { endSessionFaults } from '../probes/rules/end-session.ts';
import { readyPods, revisionFaults, streak } from '../probes/rules/settle.ts';
import { shows } from '../requirements/requirements.ts';

/** Regressions that only one of the apps can have. */
const released: Partial<Record<AppName, string[]>> = { portal: ['@one-app-not-released'] };
const ended: Partial<Record<AppName, string[]>> = {
  operator: ['@dev-end-session', '@wrong-auth-url'],
  portal: ['@other-slug-end-session'],
};

for (const app of appNames) {
  test.describe(app, () => {
    test(
      'every pod is on the expected revision',
      { tag: ['@replicas-1', ...(released[app] ?? [])] },
      async ({ settled, target, report }) => {
        test.setTimeout(30_000 + target.wait);
        const seen = await settled(app);
        report({
          saw: tally(seen.answers.slice(-streak).filter(({ problem }) => problem === undefined)),
          faults: revisionFaults(app, seen, target),
        });
      },
    );

    test(
      'every pod keeps its sessions in Redis',
      { tag: ['@memory-sessions'] },
      async ({ settled, target, report }) => {
        test.setTimeout(30_000 + target.wait);
        const { ready, faults } = readyPods(await settled(app));
        report({
          saw: ready.map(({ pod, facts }) => `${pod}: ${facts['driver']}`).join(', '),
          faults: [
            ...faults,
            ...ready
              .filter(({ facts }) => facts['driver'] !== 'redis')
              .map(
                ({ pod, facts }) =>
                  `${pod} keeps sessions in ${facts['driver'] ?? 'a store it does not name'}, so every other pod answers 401: ` +
                  `set SESSION_REDIS_URL in the Secret ${app}-secrets.`,
              ),
          ],
        });
      },
    );

    test(
      'sign-out goes to the end-session URL of this app at this Authentik, and back',
      { tag: ended[app] ?? [], annotation: shows('RP-Initiated Logout 2 endpoint') },
      async ({ settled, target, client, report }) => {
        test.setTimeout(30_000 + target.wait);
        const { ready, faults } = readyPods(await settled(app));
        const { status, body, url } = await client.get('auth', discoveryPath(app));
        const discovered = status === 200 ? (jsonOf(url, body) as Discovery).end_session_endpoint : undefined;
        const expected = { app, own: target.urls[app], auth: target.urls.auth, discovered };
        report({
          saw: [...new Set(ready.map(({ facts }) => facts['endSessionUrl']))].join(', '),
          faults: [...faults, ...ready.flatMap(({ pod, facts }) => endSessionFaults(pod || app, facts, expected))],
        });
      },
    );
  });
}
