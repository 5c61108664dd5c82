import { appNames } from '../../../apps/environment/apps.ts';
import { tally } from '../probes.ts';
import { discoveryPath, jsonOf, type Discovery } from '../rules/discovery.ts';
import { endSessionFaults } from '../rules/end-session.ts';
import { readyPods, revisionFaults, streak } from '../settle.ts';
import type { AppCheck } from './app-check.ts';

const unnamed = 'A pod without a name';

/** What the pods of an app say about themselves. */
export const pods = appNames.flatMap((app): AppCheck[] => [
  {
    of: app,
    title: 'every pod is on the expected revision',
    async run({ settled, target }) {
      const seen = await settled(app);
      return {
        saw: tally(seen.answers.slice(-streak).filter(({ problem }) => problem === undefined)),
        faults: revisionFaults(app, seen, target),
      };
    },
  },
  {
    of: app,
    title: 'every pod keeps its sessions in Redis',
    async run({ settled }) {
      const { ready, faults } = readyPods(await settled(app));
      return {
        saw: ready.map(({ pod, facts }) => `${pod}: ${facts['driver']}`).join(', '),
        faults: [
          ...faults,
          ...ready
            .filter(({ facts }) => facts['store'] === 'down')
            .map(
              ({ pod }) =>
                `${pod || unnamed} does not reach its session store, so nobody can sign in: look whether Redis runs, and at SESSION_REDIS_URL.`,
            ),
          ...ready
            .filter(({ facts }) => facts['driver'] !== 'redis')
            .map(
              ({ pod, facts }) =>
                `${pod || unnamed} keeps sessions in ${facts['driver'] ?? 'a store it does not name'}, so every other pod answers 401: ` +
                `set SESSION_REDIS_URL in the Secret ${app}-secrets.`,
            ),
        ],
      };
    },
  },
  {
    of: app,
    title: 'sign-out goes to the end-session URL of this app at this Authentik, and back',
    async run({ settled, target, client }) {
      const { ready, faults } = readyPods(await settled(app));
      const { status, body, url } = await client.get('auth', discoveryPath(app));
      const discovered = status === 200 ? (jsonOf(url, body) as Discovery).end_session_endpoint : undefined;
      const expected = { app, own: target.urls[app], auth: target.urls.auth, discovered };
      return {
        saw: [...new Set(ready.map(({ facts }) => facts['endSessionUrl']))].join(', '),
        faults: [...faults, ...ready.flatMap(({ pod, facts }) => endSessionFaults(pod || app, facts, expected))],
      };
    },
  },
]);
