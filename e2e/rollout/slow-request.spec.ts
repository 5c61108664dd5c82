import { setTimeout as delay } from 'node:timers/promises';
import { appNames } from '../../apps/environment/apps.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { expect, test } from '../index.ts';
import { twoPods } from '../claims/two-pods.ts';
import { endedByThemselves } from '../models/pods.ts';
import { precondition } from '../models/precondition.ts';
import { ingressLagMs, recovery, withoutReadyPod } from '../models/recovery.ts';

test.use({ needs: ['kill'] });

/**
 * Milliseconds that a request takes before and after its pod gets SIGTERM. platform-api waits for an upstream for 3000.
 */
const takes = { before: 300, after: 1200 };

/** A request to an app whose pods get SIGTERM during it, and the service that is stopped to make it slow. */
const slowRequests = [
  ...appNames.map((appName) => ({ appName, path: '/api/me', ends: appName, stopped: 'platform-api' })),
  { appName: 'portal', path: '/api/mailbox', ends: 'platform-api', stopped: 'upstreams' },
] as const;

for (const { appName, path, ends, stopped } of slowRequests) {
  test.describe(`${path} of ${appName}`, () => {
    test.use({ appName });

    test(
      `is answered when the pods of ${ends} get SIGTERM while it waits for ${stopped}`,
      { tag: ['@shutdown-cuts-requests', ...(ends === 'platform-api' ? [] : ['@pod-never-ends'])] },
      async ({ app, fleet, newPerson }) => {
        // The test before may have failed while pods were being replaced.
        const asked = await twoPods(fleet, appName);
        await twoPods(fleet, ends);
        await app.startSession(await newPerson());
        expect((await app.call(path)).status(), 'while nothing is stopped').toBe(200);
        const pods = await fleet.pods(ends);
        // The first signal to a pod looks for its process, which takes a while.
        await signal(fleet, ends, 'SIGCONT');

        await signal(fleet, stopped, 'SIGSTOP');
        const answers = Promise.all(
          asked.map((pod) =>
            app.call(path, { pod }).then(
              async (answer) => ({ pod, status: answer.status(), error: answer.ok() ? '' : await answer.text() }),
              (error: Error) => ({ pod, status: 0, error: error.message }),
            ),
          ),
        );
        try {
          // A fixed delay, because it is the duration of the request.
          await delay(takes.before);
          await signal(fleet, ends, 'SIGTERM');
          await delay(takes.after);
        } finally {
          await signal(fleet, stopped, 'SIGCONT');
        }
        expect(await answers, 'answers to the requests that were under way').toEqual(
          asked.map((pod) => ({ pod, status: 200, error: '' })),
        );
        // Otherwise the pods got no SIGTERM, or ignored it.
        await endedByThemselves(fleet, pods);
        // The engine reports Ready; the edge gets the endpoint a moment later.
        await recovery(() => app.call(path), {
          of: 'the same request afterwards',
          allowed: ['502 app', ...withoutReadyPod],
          steadyMs: ingressLagMs,
        });
      },
    );
  });
}

async function signal(fleet: Fleet, deployment: string, name: NodeJS.Signals): Promise<void> {
  const pods = await fleet.pods(deployment);
  precondition(pods.length > 0, `${deployment} has no pods`);
  await Promise.all(pods.map((pod) => fleet.kill(pod.name, name)));
}
