import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../../fixtures/authentik/state/faults.ts';
import { contract } from '../../contract.ts';
import { compare } from '../checks.ts';
import type { AuthentikState, PersonName, Place } from '../model.ts';
import { stepKind } from '../step.ts';
import { at } from './users.ts';

/** Milliseconds that Authentik takes when it is very slow: a request of the apps waits 4000 for new tokens. */
const slowMs = 5000;

const faults: Record<AuthentikState, Fault | undefined> = {
  well: undefined,
  slow: { tokenDelayMs: 300 },
  'very slow': { tokenDelayMs: slowMs },
  failing: { tokenStatus: 503 },
};

export const authentikSteps = {
  // The refresh outlives the request that started it.
  'call while Authentik is slow': stepKind<Place>({
    sentence: (step) => `${at(step)}: tokens are due, and Authentik takes ${slowMs / 1000} s to renew them for a call`,
    applies: (step, model) => model.renewableAt(step) !== undefined && model.authentik === 'well',
    perform: async (step, world) => {
      const { model, authentik } = world;
      const session = model.livingAt(step)!;
      const { username } = world.people[session.person];
      await world.makeDue(session);
      const { next: after } = await authentik.requests();
      await authentik.setFault({ tokenDelayMs: slowMs, username, times: 1 });
      model.authentik = 'very slow';
      compare([await world.request(step, '/api/me', { pod: 0 })], session, world);
      model.authentik = 'well';
      await world.renewed(username, after);
      await authentik.clearFaults(username);
      Object.assign(session, model.newTokens());
    },
  }),
  'token endpoint becomes': stepKind<{ state: AuthentikState }>({
    sentence: ({ state }) => `the token endpoint becomes ${state}`,
    applies: ({ state }, model) => model.authentik !== state,
    perform: async ({ state }, { model, authentik }) => {
      await authentik.clearFaults();
      const fault = faults[state];
      if (fault) await authentik.setFault(fault);
      // The pause of a pod cannot be observed from outside.
      if (model.authentik === 'failing') await delay(contract.refreshPauseMs);
      model.authentik = state;
    },
  }),
  'revoke refresh tokens': stepKind<{ person: PersonName }>({
    sentence: ({ person }) => `an administrator revokes the refresh tokens of ${person}`,
    applies: ({ person }, model) => model.living.some((session) => session.person === person && !session.revoked),
    perform: async ({ person }, world) => {
      // A refresh in progress would store a token that is newer than the revoked ones.
      await world.noRenewals();
      await world.admin.deleteRefreshTokens(world.people[person]);
      world.model.revoked(person);
    },
  }),
  'rotate signing keys': stepKind<{ oldKeyStays: boolean }>({
    sentence: ({ oldKeyStays }) =>
      `Authentik signs with a new key ${oldKeyStays ? 'beside' : 'in place of'} the old one`,
    perform: async ({ oldKeyStays }, world) => {
      // Within a minute of a renewal a token that platform-api refuses is not renewed again.
      if (!oldKeyStays) for (const session of world.model.living) await world.age(session, 60);
      await world.authentik.rotateKeys({ keepOld: oldKeyStays });
      world.model.keysChanged(oldKeyStays);
    },
  }),
  'move the clock of Authentik': stepKind<{ seconds: number }>({
    sentence: ({ seconds }) => `the clock of Authentik is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead'}`,
    applies: ({ seconds }, model) => model.clockSeconds !== seconds,
    perform: async ({ seconds }, { model, authentik }) => {
      await authentik.setClock(seconds);
      model.clockSeconds = seconds;
    },
  }),
};
