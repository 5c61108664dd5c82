import { compare } from '../checks.ts';
import type { StepKinds } from '../step.ts';
import { at } from './sign-in.ts';

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
