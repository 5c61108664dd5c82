import { compare } from '../checks.ts';
import type { StepKinds } from '../step.ts';
import { at } from './sign-in.ts';

/** Milliseconds that Authentik takes: longer than a request waits for new tokens (4000). */
const slowMs = 5000;

/** A token refresh that outlives the request that started it. */
export const renewalSteps: StepKinds<'call while Authentik is slow'> = {
  'call while Authentik is slow': {
    sentence: (step) => `${at(step)}: tokens are due, and Authentik takes ${slowMs / 1000} s to renew them for a call`,
    applies: (step, model) => {
      const session = model.livingAt(step);
      return session !== undefined && !session.idle && !session.revoked && model.authentik === 'well';
    },
    perform: async (step, model, world) => {
      const session = model.livingAt(step)!;
      const { username } = world.person(session.person);
      await world.change(session, (store, key) => store.expireAccessToken(key));
      session.due = true;
      const { next: after } = await world.authentik.requests();
      await world.authentik.setFault({ tokenDelayMs: slowMs, username, times: 1 });
      model.authentik = 'very slow';
      compare([await world.request(step, '/api/me', { pod: 0 })], session, { model, world });
      model.authentik = 'well';
      await world.renewed(username, after);
      await world.authentik.clearFaults(username);
      Object.assign(session, model.newTokens());
    },
  },
};
