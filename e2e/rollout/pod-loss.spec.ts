import { appNames } from '../../apps/environment/apps.ts';
import { deadline } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { twoPods } from '../claims/two-pods.ts';
import { precondition } from '../models/precondition.ts';
import { recovery } from '../models/recovery.ts';

test.use({ needs: ['rollout', 'kill'] });

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'deleting a pod under traffic loses no request and no session',
      { tag: ['@memory-sessions', '@replicas-1', '@no-termination-grace'] },
      async ({ app, fleet, newPerson, steadyTraffic }) => {
        const [a] = await twoPods(fleet, appName);
        await app.startSession(await newPerson());
        const cookie = await app.cookieHeader();
        const traffic = steadyTraffic({ url: `${app.origin}/api/me`, cookie, rate: 25, connection: 'close' });
        await traffic.more(10);
        await fleet.deletePod(a);
        await traffic.more(25);

        expect(await traffic.stop()).toAllSucceed();
        const names = (await fleet.pods(appName)).filter((pod) => pod.ready).map((pod) => pod.name);
        expect(names, 'Ready pods afterwards').toHaveLength(2);
        precondition(!names.includes(a), `${a} is still there after it was deleted`);
      },
    );

    test.describe(() => {
      // A page prefetches the targets of its links, and the pod may be killed during that.
      test.use({ expectedConsole: [/status of 502 .*\/_nuxt\//] });

      test(
        'a pod whose process is killed restarts and knows the session',
        { tag: ['@memory-sessions', '@restarted-pod-never-ready'] },
        async ({ app, fleet, newPerson }) => {
          const [a] = await twoPods(fleet, appName);
          await app.pinTo(a);
          await app.startSession(await newPerson());
          const podA = async () => (await fleet.pods(appName)).find((pod) => pod.name === a);
          const restarts = (await podA())?.restarts ?? 0;

          await fleet.kill(a, 'SIGKILL');
          await expect
            .poll(podA, { message: `${a} restarts and is Ready again`, timeout: deadline(60_000) })
            .toMatchObject({ ready: true, restarts: restarts + 1 });
          // The engine reports Ready; the edge gets the endpoint a moment later.
          await recovery(() => app.call('/api/me'), {
            of: 'the session on the restarted pod',
            allowed: ['503 edge', '502 edge', '503 ingress', '502 ingress'],
          });
        },
      );
    });
  });
}
