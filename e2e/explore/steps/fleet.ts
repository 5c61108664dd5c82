import { redisPod, whileRedisHangs } from '../../models/pods.ts';
import type { AppName } from '../../../apps/environment/apps.ts';
import type { Model, ModelSession } from '../model.ts';
import { callWith, compare } from '../checks.ts';
import type { StepKinds } from '../step.ts';
import type { World } from '../world.ts';
import { at } from './users.ts';

/** Calls of every session of an app until the work is done, on whichever pod the edge chooses. */
async function callDuring(work: Promise<unknown>, app: AppName, { model, world }: { model: Model; world: World }) {
  const over = new AbortController();
  const done = work.finally(() => over.abort());
  const sessions = model.sessions.filter((session) => session.app === app);
  try {
    while (sessions.length > 0 && !over.signal.aborted) {
      for (const session of sessions) await callWith(session, undefined, { model, world });
    }
  } finally {
    await done;
  }
}

/** Changes of the fleet. They take seconds, other steps milliseconds. */
export const fleetSteps: StepKinds<'roll out' | 'kill a pod' | 'restart Redis' | 'hang Redis'> = {
  'roll out': {
    sentence: ({ app }) => `${app} rolls out`,
    applies: () => true,
    perform: async ({ app }, model, world) =>
      world.whilePodsChange(() => callDuring(world.fleet.rollout(app), app, { model, world })),
  },
  'kill a pod': {
    sentence: ({ app, pod }) => `pod ${pod} of ${app} is killed`,
    applies: () => true,
    perform: async ({ app, pod }, model, world) => {
      // Authentik's response to a killed pod is lost, which cannot be prevented (decision 12).
      await world.noRenewals();
      const pods = await world.podsOf(app);
      await world.whilePodsChange(async () => {
        await world.fleet.kill(pods[pod] ?? '', 'SIGKILL');
        const survivor = pod === 0 ? 1 : 0;
        for (const session of model.sessions.filter((each) => each.app === app))
          await callWith(session, survivor, { model, world });
      });
    },
  },
  'restart Redis': {
    sentence: () => 'Redis is killed and comes back empty',
    applies: () => true,
    perform: async (_, model, world) => {
      await world.whilePodsChange(async () => {
        const redis = await redisPod(world.fleet);
        await world.fleet.kill(redis, 'SIGKILL');
        model.everySessionLost();
        await world.storeIsBack();
      });
    },
  },
  'hang Redis': {
    sentence: () => 'Redis hangs during a call of each session',
    applies: (_, model) => model.sessions.length > 0,
    perform: async (_, model, world) => {
      const call = (session: ModelSession) => callWith(session, 0, { model, world, allowed: ['unavailable'] });
      await world.whilePodsChange(() =>
        whileRedisHangs(world.fleet, async () => void (await Promise.all(model.sessions.map(call)))),
      );
    },
  },
};

/** Seconds. For platform-api an access token of this age has expired, whatever its clock tolerance is. */
const longAgo = 3600;

/** Time that passes for a session. Its stored timestamps are moved back, so that no test waits. */
export const timeSteps: StepKinds<'tokens become due' | 'tokens are used up' | 'leave unused'> = {
  'tokens become due': {
    sentence: (step) => `${at(step)}: the tokens become due`,
    applies: (step, model) => model.livingAt(step)?.idle === false,
    perform: async (step, model, world) => {
      const session = model.livingAt(step)!;
      await world.change(session, (store, key) => store.expireAccessToken(key));
      session.due = true;
    },
  },
  'tokens are used up': {
    sentence: (step) => `${at(step)}: the access token expires`,
    // The expired token is issued by Authentik, so it must respond.
    applies: (step, model) => {
      const session = model.livingAt(step);
      return session !== undefined && !session.idle && !session.revoked && model.canSignIn;
    },
    perform: async (step, model, world) => {
      const session = model.livingAt(step)!;
      await world.change(session, (store, key) => store.expireAccessToken(key));
      await world.authentik.setClock(-longAgo);
      compare([await world.request(step, '/api/_auth/session')], session, { model, world, allowed: ['served'] });
      await world.authentik.setClock(model.clockSeconds);
      await world.change(session, (store, key) => store.expireAccessToken(key));
      Object.assign(session, { due: true, token: 'used up' });
    },
  },
  'leave unused': {
    sentence: (step) => `${at(step)}: nobody uses it for ${step.hours} hours`,
    // Only once until its tokens are refreshed, because the hours of several steps would add up.
    applies: (step, model) => model.livingAt(step)?.unused === false,
    perform: async (step, model, world) => {
      const session = model.livingAt(step)!;
      await world.change(session, (store, key) => store.age(key, step.hours * 3600));
      model.leave(session, step.hours);
      if (session.over) await world.change(session, () => world.expire(session));
    },
  },
};
