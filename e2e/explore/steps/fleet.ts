import type { AppName } from '../../../apps/environment/apps.ts';
import { redisPod, whileRedisHangs } from '../../models/pods.ts';
import { expiredTokenAge } from '../../models/refreshes.ts';
import { callWith, compare } from '../checks.ts';
import type { Place, PodIndex } from '../model.ts';
import { stepKind } from '../step.ts';
import type { World } from '../world.ts';
import { at } from './users.ts';

/** Calls of every session of an app until the work is done, on whichever pod the edge chooses. */
async function callDuring(work: Promise<unknown>, app: AppName, world: World) {
  const over = new AbortController();
  const done = work.finally(() => over.abort());
  const sessions = world.model.sessionsOf(app);
  try {
    while (sessions.length > 0 && !over.signal.aborted)
      for (const session of sessions) await callWith(session, undefined, world);
  } finally {
    await done;
  }
}

/** Changes of the fleet. They take seconds, other steps milliseconds. */
export const fleetSteps = {
  'roll out': stepKind<{ app: AppName }>({
    sentence: ({ app }) => `${app} rolls out`,
    perform: async ({ app }, world) => world.whilePodsChange(() => callDuring(world.fleet.rollout(app), app, world)),
  }),
  'kill a pod': stepKind<{ app: AppName; pod: PodIndex }>({
    sentence: ({ app, pod }) => `pod ${pod} of ${app} is killed`,
    perform: async ({ app, pod }, world) => {
      // Authentik's response to a killed pod is lost, which cannot be prevented (decision 12).
      await world.noRenewals();
      const pods = await world.podsOf(app);
      await world.whilePodsChange(async () => {
        await world.fleet.kill(pods[pod], 'SIGKILL');
        const survivor = pod === 0 ? 1 : 0;
        for (const session of world.model.sessionsOf(app)) await callWith(session, survivor, world);
      });
    },
  }),
  'restart Redis': stepKind<{}>({
    sentence: () => 'Redis is killed and comes back empty',
    perform: (_, world) =>
      world.whilePodsChange(async () => {
        await world.fleet.kill(await redisPod(world.fleet), 'SIGKILL');
        world.model.everySessionLost();
        await world.storeIsBack();
      }),
  }),
  'hang Redis': stepKind<{}>({
    sentence: () => 'Redis hangs during a call of each session',
    applies: (_, model) => model.sessions.length > 0,
    perform: (_, world) =>
      world.whilePodsChange(() =>
        whileRedisHangs(world.fleet, async () => {
          await Promise.all(world.model.sessions.map((session) => callWith(session, 0, world, ['unavailable'])));
        }),
      ),
  }),
};

/** Time that passes for a session. Its stored timestamps are moved back, so that no test waits. */
export const timeSteps = {
  'tokens become due': stepKind<Place>({
    sentence: (step) => `${at(step)}: the tokens become due`,
    applies: (step, model) => model.livingAt(step)?.idle === false,
    perform: (step, world) => world.makeDue(world.model.livingAt(step)!),
  }),
  'tokens are used up': stepKind<Place>({
    sentence: (step) => `${at(step)}: the access token expires`,
    // The expired token is issued by Authentik, so it must respond.
    applies: (step, model) => model.renewableAt(step) !== undefined && model.canSignIn,
    perform: async (step, world) => {
      const session = world.model.livingAt(step)!;
      await world.makeDue(session);
      await world.authentik.setClock(-expiredTokenAge);
      compare([await world.request(step, '/api/_auth/session')], session, world, ['served']);
      await world.authentik.setClock(world.model.clockSeconds);
      await world.makeDue(session);
      session.token = 'used up';
    },
  }),
  'leave unused': stepKind<Place & { hours: number }>({
    sentence: (step) => `${at(step)}: nobody uses it for ${step.hours} hours`,
    // Only once until its tokens are refreshed, because the hours of several steps would add up.
    applies: (step, model) => model.livingAt(step)?.unused === false,
    perform: async (step, world) => {
      const session = world.model.livingAt(step)!;
      await world.age(session, step.hours * 3600);
      world.model.leave(session, step.hours);
      if (session.over) await world.expire(session);
    },
  }),
};
