import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../../fixtures/authentik/state/faults.ts';
import { contract } from '../../contract.ts';
import { compare } from '../checks.ts';
import type { AuthentikState } from '../model.ts';
import type { StepKinds } from '../step.ts';
import { at } from './users.ts';

/** Milliseconds that Authentik takes when it is very slow: a request of the apps waits 4000 for new tokens. */
const slowMs = 5000;

const faults: Record<AuthentikState, Fault | undefined> = {
  well: undefined,
  slow: { tokenDelayMs: 300 },
  'very slow': { tokenDelayMs: slowMs },
  failing: { tokenStatus: 503 },
};

export const authentikSteps: StepKinds<
  | 'call while Authentik is slow'
  | 'token endpoint becomes'
  | 'revoke refresh tokens'
  | 'rotate signing keys'
  | 'move the clock of Authentik'
> = {
  // The refresh outlives the request that started it.
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
  'token endpoint becomes': {
    sentence: ({ state }) => `the token endpoint becomes ${state}`,
    applies: ({ state }, model) => model.authentik !== state,
    perform: async ({ state }, model, world) => {
      await world.authentik.clearFaults();
      const fault = faults[state];
      if (fault) await world.authentik.setFault(fault);
      // The pause of a pod cannot be observed from outside.
      if (model.authentik === 'failing') await delay(contract.refreshPauseMs);
      model.authentik = state;
    },
  },
  'revoke refresh tokens': {
    sentence: ({ person }) => `an administrator revokes the refresh tokens of ${person}`,
    applies: ({ person }, model) => model.living.some((session) => session.person === person && !session.revoked),
    perform: async ({ person }, model, world) => {
      // A refresh in progress would store a token that is newer than the revoked ones.
      await world.noRenewals();
      await world.admin.deleteRefreshTokens(world.person(person));
      model.revoked(person);
    },
  },
  'rotate signing keys': {
    sentence: ({ oldKeyStays }) =>
      `Authentik signs with a new key ${oldKeyStays ? 'beside' : 'in place of'} the old one`,
    applies: () => true,
    perform: async ({ oldKeyStays }, model, world) => {
      // Within a minute of a renewal a token that platform-api refuses is not renewed again.
      if (!oldKeyStays)
        for (const session of model.living) await world.change(session, (store, key) => store.age(key, 60));
      await world.authentik.rotateKeys({ keepOld: oldKeyStays });
      model.keysChanged(oldKeyStays);
    },
  },
  'move the clock of Authentik': {
    sentence: ({ seconds }) => `the clock of Authentik is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead'}`,
    applies: ({ seconds }, model) => model.clockSeconds !== seconds,
    perform: async ({ seconds }, model, world) => {
      await world.authentik.setClock(seconds);
      model.clockSeconds = seconds;
    },
  },
};
