import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { precondition } from '../models/precondition.ts';

const appName = layerApp('portal');

test.use({ needs: ['scale'] });

test.use({ appName });
test.afterEach(({ fleet }) => fleet.scale(appName, 2));

test(
  'scaling 2 → 3 → 1 → 2 under the traffic of two people loses no request and no session',
  { tag: ['@memory-sessions', '@no-pre-stop', '@start-clears-sessions'] },
  async ({ app, fleet, newPerson, newProfile, steadyTraffic, ledger }) => {
    const devices = [app, await app.inProfile(await newProfile())];
    for (const device of devices) await device.startSession(await newPerson());
    const streams = await Promise.all(
      devices.flatMap((device, index) =>
        (['keep-alive', 'close'] as const).map(async (connection) => ({
          of: `person ${index + 1}, ${connection}`,
          traffic: steadyTraffic({
            url: `${app.origin}/api/me`,
            cookie: await device.cookieHeader(),
            rate: 12,
            connection,
          }),
        })),
      ),
    );
    const everyStream = (count: number) => Promise.all(streams.map(({ traffic }) => traffic.more(count)));

    await everyStream(5);
    for (const replicas of [3, 1, 2]) {
      await fleet.scale(appName, replicas);
      const ready = (await fleet.pods(appName)).filter((pod) => pod.ready);
      precondition(ready.length === replicas, `${ready.length} pods are Ready after scaling to ${replicas}`);
      await everyStream(12);
    }
    for (const { of, traffic } of streams) {
      const samples = await traffic.stop();
      expect(samples, of).toAllSucceed();
      expect(new Set(samples.map(({ pod }) => pod)).size, `pods that served ${of}`).toBeGreaterThanOrEqual(3);
    }
    for (const device of devices) {
      await device.goto('/');
      await device.expectSignedIn();
    }
    const logins = await ledger.rows({ service: appName, path: '/auth/oidc/login' });
    expect(logins, 'sign-ins').toHaveLength(devices.length);
  },
);
