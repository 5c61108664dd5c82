import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { test } from './fixtures.ts';
import { settleReadiness } from './readiness.ts';
import { discoveryPath, type Discovery } from './rules/discovery.ts';
import { endSessionFaults } from './rules/end-session.ts';
import { revisionFaults, tally } from './rules/settle.ts';

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
      async ({ visitor, target, report }) => {
        test.setTimeout(30_000 + target.wait);
        const settled = await settleReadiness(visitor, app);
        report({
          saw: tally(settled.samples.slice(-target.streak).filter(({ failure }) => failure === undefined)),
          faults: revisionFaults(app, settled, target),
        });
      },
    );

    test('every pod keeps its sessions in Redis', { tag: ['@memory-sessions'] }, async ({ pods, report }) => {
      const { ready, faults } = await pods(app);
      report({
        saw: ready.map(({ pod, driver }) => `${pod}: ${driver}`).join(', '),
        faults: [
          ...faults,
          ...ready
            .filter(({ driver }) => driver !== 'redis')
            .map(
              ({ pod, driver }) =>
                `${pod} keeps sessions in ${driver || 'a store it does not name'}, so every other pod answers 401: ` +
                `set SESSION_REDIS_URL in fleet/apps/${app}.yaml.`,
            ),
        ],
      });
    });

    test(
      'sign-out goes to the end-session URL of this app at this Authentik, and back',
      { tag: ended[app] ?? [] },
      async ({ pods, target, visitor, report }) => {
        const { ready, faults } = await pods(app);
        const { status, body } = await visitor.get('auth', discoveryPath(app));
        const discovered = status === 200 ? (JSON.parse(body) as Discovery).end_session_endpoint : undefined;
        const expected = { app, own: target.urls[app], auth: target.urls.auth, discovered };
        report({
          saw: [...new Set(ready.map(({ endSessionUrl }) => String(endSessionUrl)))].join(', '),
          faults: [
            ...faults,
            ...ready.flatMap((answered) => endSessionFaults(answered.pod || app, answered, expected)),
          ],
        });
      },
    );
  });
}
