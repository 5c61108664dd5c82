import { compare } from '../seen.ts';
import type { StepKinds } from '../step.ts';
import { at } from './sign-in.ts';

/** Seconds. For platform-api an access token of this age has expired, whatever clock difference it allows. */
const longAgo = 3600;

/** Time that passes for a session. What is stored of it is moved back, so nobody waits. */
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
    // Only an Authentik that answers gives out the token that has expired.
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
    // Once until its tokens are new again: the app adds up the hours.
    applies: (step, model) => model.livingAt(step)?.unused === false,
    perform: async (step, model, world) => {
      const session = model.livingAt(step)!;
      await world.change(session, (store, key) => store.age(key, step.hours * 3600));
      model.leave(session, step.hours);
      if (session.over) await world.change(session, () => world.expire(session));
    },
  },
};
