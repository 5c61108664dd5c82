import { setTimeout as delay } from 'node:timers/promises';
import { appNames, type AppName } from '../../apps/environment/apps.ts';
import type { HttpSession } from '../claims/sign-in-by-http.ts';
import { routes } from '../contract.ts';
import { deadline } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { answerOf, describeAnswer } from '../matchers/answers.ts';
import { heapOf, loggedHeap } from '../models/heap.ts';
import { redisPod } from '../models/pods.ts';
import { refreshesOf } from '../models/refreshes.ts';
import { recovery, wholeFleet, withoutReadyPod } from '../models/recovery.ts';
import { runRequest } from '../run-request.ts';
import { usual } from './oracle.ts';
import { twoPods } from '../claims/two-pods.ts';

const people = 200;
const seconds = 60;
/** Milliseconds between two requests of a user. */
const pauseMs = 3000;
/** Users who sign in at once. */
const group = 10;
const paths = ['/api/me', '/api/_auth/session', '/api/me', '/'] as const;
/** Seconds: each user gets new tokens at least once. */
const accessTokenSeconds = 60;
/** Megabytes by which the heap of a warmed-up pod may grow. */
const maxGrowth = 8;
const deployments = [...appNames, 'platform-api'];

/** What a user may see while Redis restarts. */
const isOutage = (status: number, reason: string | undefined): boolean =>
  status === 503 && (reason === 'store-unavailable' || reason === 'not-renewed');

interface User {
  app: AppName;
  session: HttpSession;
}

test.use({
  needs: ['store', 'authentik-control', 'network-faults', 'variants'],
  variant: {
    changes: [{ env: deployments.map((deployment) => ({ deployment, name: 'NODE_OPTIONS', value: loggedHeap })) }],
  },
});

// It takes two minutes, so it belongs to the whole matrix.
if (runRequest.matrix !== undefined && new RegExp(runRequest.matrix).test('load')) {
  test.describe('load', () => {
    test.afterEach(({ fleet, apps }) => wholeFleet(fleet, apps));

    test(`${people} users see only their own data, for ${seconds} s with two rollouts, a restart of Redis and new keys`, async ({
      authentik,
      fleet,
      ledger,
      newHttpSession,
      sessionStore,
    }) => {
      test.setTimeout(deadline(600_000));
      for (const app of appNames) await authentik.changeProvider(app, { accessTokenSeconds });
      const users: User[] = [];
      while (users.length < people) {
        const next = Array.from({ length: group }, async (_, index) => {
          const app = appNames[index % appNames.length]!;
          return { app, session: await newHttpSession(app) };
        });
        users.push(...(await Promise.all(next)));
      }

      const end = Date.now() + seconds * 1000;
      const state = { isOver: false, outage: false, backAt: NaN };
      const sinceBack = () =>
        state.backAt ? `, ${((Date.now() - state.backAt) / 1000).toFixed(1)} s after Redis was back` : '';
      let answered = 0;
      const wrong: string[] = [];
      const use = async ({ session }: User, index: number): Promise<void> => {
        await delay((index * pauseMs) / people);
        for (let count = index; !state.isOver || Date.now() < end; count += 1) {
          const mayFail = state.outage;
          const response = await session.call(paths[count % paths.length]!);
          answered += 1;
          const { 'x-session-reason': reason } = response.headers();
          const text = await response.text();
          const isExpected = mayFail || state.outage;
          if (users.some(({ session: { username } }) => username !== session.username && text.includes(username)))
            wrong.push(`${session.username}: GET ${response.url()} shows somebody else`);
          else if (response.ok() && !isExpected && !text.includes(session.username))
            wrong.push(`${session.username}: GET ${response.url()} does not show its user`);
          else if (!response.ok() && !(isExpected && isOutage(response.status(), reason)))
            wrong.push(
              `${session.username}: ${describeAnswer(await answerOf(response))} ${reason ?? ''}${sinceBack()}`,
            );
          await delay(pauseMs);
        }
      };
      /** Further users sign in and out. */
      const signInAndOut = async (): Promise<void> => {
        for (let count = 0; !state.isOver; count += 1) {
          const mayFail = state.outage;
          const visit = async (): Promise<void> => {
            const { origin, request, call } = await newHttpSession(appNames[count % appNames.length]!);
            await request.post(origin + routes.signOut, { maxRedirects: 0, headers: { origin } });
            answered += 1;
            const status = (await call('/api/me')).status();
            if (status !== 401) throw new Error(`a session is answered ${status} after its sign-out`);
          };
          await visit().catch(({ message }: Error) => mayFail || state.outage || wrong.push(message));
          await delay(pauseMs);
        }
      };
      /** Heap of each pod, megabytes. */
      const heaps = async (): Promise<ReadonlyMap<string, number>> => {
        const pods = (await Promise.all(deployments.map((name) => twoPods(fleet, name)))).flat();
        const sizes = pods.map(async (pod): Promise<[string, number]> => [pod, (await heapOf(fleet, pod)) / 1e6]);
        return new Map(await Promise.all(sizes));
      };
      let grown: Array<[pod: string, megabytes: number]> = [];
      const traffic = Promise.all([...users.map(use), signInAndOut()]);
      const events = async (): Promise<void> => {
        for (const app of appNames) await fleet.rollout(app);
        await delay(2 * pauseMs);
        const before = await heaps();
        await authentik.rotateKeys({ keepOld: true });
        state.outage = true;
        const redis = await redisPod(fleet);
        // It writes its data first, as a Redis with a volume has them. A connection that is made again would send this
        // again, and Redis would end each time that it is back.
        await sessionStore.withNewConnection((connection) => connection.call('SHUTDOWN', 'SAVE')).catch(() => {});
        const isBack = async () => (await fleet.pods()).find(({ name }) => name === redis)?.ready;
        await expect.poll(isBack, { message: 'Redis is Ready again', timeout: deadline(20_000) }).toBe(true);
        for (const { app, session } of users.slice(0, appNames.length))
          for (const pod of await twoPods(fleet, app))
            await recovery(() => session.call('/api/me', pod), {
              of: `${pod} with Redis back`,
              allowed: withoutReadyPod,
            });
        state.backAt = Date.now();
        // A pod that lost Redis in a refresh stores its tokens, and frees its lock, a moment later.
        await delay(deadline(usual.recoversIn * 1000));
        state.outage = false;
        await delay(Math.max(0, end - Date.now()));
        grown = [...(await heaps())].map(([pod, now]) => [pod, Math.round(now - (before.get(pod) ?? -Infinity))]);
        for (const app of appNames) await fleet.rollout(app);
      };
      await events().finally(() => (state.isOver = true));
      await traffic;

      expect(wrong, 'responses that nothing explains').toEqual([]);
      // Sign-ins are of kind browser, and recovery polls are pinned.
      const rows = await ledger.rows({ kind: 'api', pinned: false });
      expect(rows.length, 'rows of the ledger').toBe(answered);
      expect((await refreshesOf(authentik)).length, 'refreshes').toBeGreaterThanOrEqual(people);
      expect(grown, 'pods that were not replaced').toHaveLength(2 * deployments.length);
      expect(
        grown.filter(([, megabytes]) => megabytes > maxGrowth),
        'growth of the heap in MB, by pod',
      ).toEqual([]);
      for (const app of appNames) {
        const pods = await twoPods(fleet, app);
        const its = users.filter((user) => user.app === app);
        for (const [index, { session }] of its.entries())
          await recovery(() => session.call('/api/me', pods[index % pods.length]), {
            of: `the session of ${session.username} at the end`,
            allowed: withoutReadyPod,
          });
      }
    });
  });
}
