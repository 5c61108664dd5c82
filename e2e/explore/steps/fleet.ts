import { redisPod, whileRedisHangs } from '../../models/redis-outage.ts';
import type { AppName } from '../../../apps/environment/apps.ts';
import type { Model } from '../model.ts';
import { compare } from '../seen.ts';
import type { StepKinds } from '../step.ts';
import type { World } from '../world.ts';

/** Calls of every session of an app until the work is done, on whichever pod the edge chooses. */
async function callDuring(work: Promise<unknown>, app: AppName, { model, world }: { model: Model; world: World }) {
  let isDone = false;
  const done = work.finally(() => (isDone = true));
  const sessions = model.sessions.filter((session) => session.app === app);
  while (!isDone) {
    for (const session of sessions) {
      const { cookie } = world.handleOf(session);
      compare([await world.request(session, '/api/me', { cookie })], session, { model, world });
    }
    if (sessions.length === 0) break;
  }
  await done;
}

/** Changes of the fleet. They take seconds, the others milliseconds. */
export const fleetSteps: StepKinds<'roll out' | 'kill a pod' | 'restart Redis' | 'hang Redis'> = {
  'roll out': {
    sentence: ({ app }) => `${app} rolls out`,
    applies: () => true,
    perform: async ({ app }, model, world) => {
      await callDuring(world.fleet.rollout(app), app, { model, world });
      await world.podsChanged();
    },
  },
  'kill a pod': {
    sentence: ({ app, pod }) => `pod ${pod} of ${app} is killed`,
    applies: () => true,
    perform: async ({ app, pod }, model, world) => {
      // The answer of Authentik that a killed pod waits for is lost, and nothing can prevent it (decision 12).
      await world.noRenewals();
      const pods = await world.podsOf(app);
      await world.fleet.kill(pods[pod] ?? '', 'SIGKILL');
      for (const session of model.sessions.filter((each) => each.app === app)) {
        const { cookie } = world.handleOf(session);
        const survivor = pod === 0 ? 1 : 0;
        compare([await world.request(session, '/api/me', { pod: survivor, cookie })], session, { model, world });
      }
      await world.podsChanged();
    },
  },
  'restart Redis': {
    sentence: () => 'Redis is killed and comes back empty',
    applies: () => true,
    perform: async (_, model, world) => {
      await world.fleet.kill(await redisPod(world.fleet), 'SIGKILL');
      model.everySessionLost();
      await world.storeIsBack();
      await world.podsChanged();
    },
  },
  'hang Redis': {
    sentence: () => 'Redis hangs during a call of each session',
    applies: (_, model) => model.sessions.length > 0,
    perform: async (_, model, world) => {
      await whileRedisHangs(world.fleet, async () => {
        await Promise.all(
          model.sessions.map(async (session) => {
            const { cookie } = world.handleOf(session);
            const answer = await world.request(session, '/api/me', { pod: 0, cookie });
            compare([answer], session, { model, world, allowed: ['unavailable'] });
          }),
        );
      });
      await world.podsChanged();
    },
  },
};
