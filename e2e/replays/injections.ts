import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { World } from '../explore/world.ts';
import { redisPod } from '../models/redis-outage.ts';
import type { Fault } from '../../fixtures/authentik/state/faults.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { until } from '../../fleet/until.ts';
import { duringRefresh } from './during-refresh.ts';
import { setFault, type Inject, type Injection } from './inject.ts';
import type { Disruption } from './disruptions.ts';

/** Milliseconds that Authentik takes when it is slow: longer than a request waits for new tokens (4000). */
const slowMs = 6000;
/**
 * Milliseconds: longer than a request whose refresh is refused waits for new tokens in the store (3 reads within 1200).
 */
const busyMs = 2500;
/** Milliseconds for which a pod is paused: less than the lifetime of its refresh lock in Redis (20 000). */
const pausedMs = 8000;
/**
 * Milliseconds until Authentik responds while a pod terminates: longer than preStop (5000), less than the grace period
 * (30 000).
 */
const endingMs = 12_000;

const atOnce = (end: () => Promise<void>): Injection => ({ injected: Promise.resolve(), end });

const withFault =
  (fault: Fault): Inject =>
  async (world) => {
    await setFault(world, fault);
    return atOnce(() => setFault(world));
  };

const slow: Inject = async (world) => {
  const began = { at: performance.now(), cursor: (await world.authentik.requests()).next };
  await setFault(world, { tokenDelayMs: slowMs });
  return atOnce(async () => {
    await slowRefreshIsAnswered(world, began);
    await setFault(world);
  });
};

/** Waits for the slow refresh; otherwise the next request would refresh before Authentik has responded to it. */
async function slowRefreshIsAnswered(world: World, { at, cursor }: { at: number; cursor: number }): Promise<void> {
  const user = world.person('anna').username;
  const isAnswered = async (): Promise<boolean> => {
    const { requests } = await world.authentik.requests({ after: cursor, user });
    return requests.some(({ grantType }) => grantType === 'refresh_token');
  };
  // A refresh without a response by then was never sent.
  const latest = at + 2 * slowMs;
  await until(async () => performance.now() > latest || (await isAnswered()), {
    timeoutMs: 3 * slowMs,
    intervalMs: 50,
    failure: () => new HarnessError('Authentik does not say which refreshes it has answered. Run the command again.'),
  });
}

const down: Inject = async (world) => {
  await world.authentik.setFault({ outage: 503 });
  return atOnce(async () => {
    await world.authentik.clearFaults();
    await setFault(world);
  });
};

const otherClientSecret: Inject = async (world, { app }) => {
  const { clientSecret } = await world.authentik.provider(app);
  await world.authentik.changeProvider(app, { clientSecret: randomBytes(32).toString('base64url') });
  return atOnce(async () => void (await world.authentik.changeProvider(app, { clientSecret })));
};

const hangingRedis: Inject = async (world) => {
  await world.fleet.kill(await redisPod(world.fleet), 'SIGSTOP');
  return atOnce(async () => {
    await world.fleet.kill(await redisPod(world.fleet), 'SIGCONT');
    await world.storeIsBack();
  });
};

const pausedPod = duringRefresh({ tokenDelayMs: 1000 }, async ({ fleet }, pod) => {
  await fleet.kill(pod, 'SIGSTOP');
  // The replay waits for the requests to this pod, so it is resumed from here.
  const resumed = delay(pausedMs).then(() => fleet.kill(pod, 'SIGCONT'));
  return () => resumed;
});

/** With the refresh token threshold that the fleet was deployed with. */
const killedPod: Inject = async (world, target) => {
  await world.setRotation(target.app, 'as deployed');
  const disruption = await duringRefresh({ tokenDelayMs: 1000 }, async ({ fleet }, pod) => {
    await fleet.kill(pod, 'SIGKILL');
    return () => world.whilePodsChange(() => Promise.resolve());
  })(world, target);
  return {
    ...disruption,
    end: async () => {
      await disruption.end();
      await world.setRotation(target.app, 'always');
    },
  };
};

const replacedPod = duringRefresh({ tokenDelayMs: endingMs }, (world, pod) => {
  const changed = world.whilePodsChange(() => world.fleet.deletePod(pod));
  return Promise.resolve(() => changed);
});

const refusedWrites = duringRefresh({ tokenDelayMs: 1000 }, async ({ store }) => {
  const [began, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const refused = store.whileWritesAreRefused(() => {
    began.resolve();
    return over.promise;
  });
  await Promise.race([began.promise, refused]);
  return () => {
    over.resolve();
    return refused;
  };
});

/** How each disruption is injected. */
export const injections: Readonly<Record<Disruption, Inject>> = {
  'token endpoint down': withFault({ tokenStatus: 503 }),
  'Authentik down': down,
  'Authentik slow': slow,
  'Authentik busy': withFault({ refreshRaceMs: busyMs }),
  'another client secret': otherClientSecret,
  'paused pod': pausedPod,
  'killed pod': killedPod,
  'replaced pod': replacedPod,
  'refused writes': refusedWrites,
  Redis: hangingRedis,
};
