import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { World } from '../explore/world.ts';
import { redisPod } from '../models/redis-outage.ts';
import type { Fault } from '../../fixtures/authentik/control/faults.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { until } from '../../fleet/until.ts';
import { inRefresh } from './in-refresh.ts';
import { setFault, type Maker, type Ongoing } from './maker.ts';
import type { Trouble } from './troubles.ts';

/** Milliseconds that Authentik takes when it is slow: longer than a request waits for new tokens (4000). */
const slowMs = 6000;
/** Milliseconds in which a request that is refused new tokens has looked for them in vain (3 times within 1200). */
const busyMs = 2500;
/** Milliseconds that a paused pod stands still: less than its lock lives in Redis (20 000). */
const pausedMs = 8000;
/** Milliseconds until Authentik answers while a pod ends: longer than preStop (5000), less than the grace period (30 000). */
const endingMs = 12_000;

const atOnce = (end: () => Promise<void>): Ongoing => ({ struck: Promise.resolve(), end });

const withFault =
  (fault: Fault): Maker =>
  async (world) => {
    await setFault(world, fault);
    return atOnce(() => setFault(world));
  };

const slow: Maker = async (world) => {
  const began = { at: performance.now(), cursor: (await world.authentik.requests()).next };
  await setFault(world, { tokenDelayMs: slowMs });
  return atOnce(async () => {
    await slowRefreshIsAnswered(world, began);
    await setFault(world);
  });
};

/** Otherwise the next request would renew the tokens before Authentik has done so for the slow one. */
async function slowRefreshIsAnswered(world: World, { at, cursor }: { at: number; cursor: number }): Promise<void> {
  const user = world.person('anna').username;
  const isAnswered = async (): Promise<boolean> => {
    const { requests } = await world.authentik.requests({ after: cursor, user });
    return requests.some(({ grantType }) => grantType === 'refresh_token');
  };
  // None is under way for longer.
  const latest = at + 2 * slowMs;
  await until(async () => performance.now() > latest || (await isAnswered()), {
    timeoutMs: 3 * slowMs,
    intervalMs: 50,
    failure: () => new HarnessError('Authentik does not say which refreshes it has answered. Run the command again.'),
  });
}

const down: Maker = async (world) => {
  await world.authentik.setFault({ outage: 503 });
  return atOnce(async () => {
    await world.authentik.clearFaults();
    await setFault(world);
  });
};

const otherClientSecret: Maker = async (world, { app }) => {
  const { clientSecret } = await world.authentik.provider(app);
  await world.authentik.changeProvider(app, { clientSecret: randomBytes(32).toString('base64url') });
  return atOnce(async () => void (await world.authentik.changeProvider(app, { clientSecret })));
};

const hangingRedis: Maker = async (world) => {
  await world.fleet.kill(await redisPod(world.fleet), 'SIGSTOP');
  return atOnce(async () => {
    await world.fleet.kill(await redisPod(world.fleet), 'SIGCONT');
    await world.storeIsBack();
  });
};

const pausedPod = inRefresh({ tokenDelayMs: 1000 }, async ({ fleet }, pod) => {
  await fleet.kill(pod, 'SIGSTOP');
  // Requests to it wait meanwhile, so nobody but this can let it go on.
  const goesOn = delay(pausedMs).then(() => fleet.kill(pod, 'SIGCONT'));
  return () => goesOn;
});

/** With the setting of Authentik that the fleet came with. */
const killedPod: Maker = async (world, place) => {
  await world.setRotation(place.app, 'as deployed');
  const trouble = await inRefresh({ tokenDelayMs: 1000 }, async ({ fleet }, pod) => {
    await fleet.kill(pod, 'SIGKILL');
    return () => world.whilePodsChange(() => Promise.resolve());
  })(world, place);
  return {
    ...trouble,
    end: async () => {
      await trouble.end();
      await world.setRotation(place.app, 'always');
    },
  };
};

const replacedPod = inRefresh({ tokenDelayMs: endingMs }, (world, pod) => {
  const changed = world.whilePodsChange(() => world.fleet.deletePod(pod));
  return Promise.resolve(() => changed);
});

const refusedWrites = inRefresh({ tokenDelayMs: 1000 }, async ({ store }) => {
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

/** How each trouble is made on a fleet. */
export const troubleMakers: Readonly<Record<Trouble, Maker>> = {
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
