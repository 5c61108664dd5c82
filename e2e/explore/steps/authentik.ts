import type { Fault } from '../../../fixtures/authentik/state/faults.ts';
import type { AuthentikState } from '../model.ts';
import type { StepKinds } from '../step.ts';

/** Milliseconds: a request of the apps waits 4000 for new tokens. */
const faults: Record<AuthentikState, Fault | undefined> = {
  well: undefined,
  slow: { tokenDelayMs: 300 },
  'very slow': { tokenDelayMs: 5000 },
  failing: { tokenStatus: 503 },
};

/** Steps at Authentik. */
export const authentikSteps: StepKinds<
  'token endpoint becomes' | 'revoke refresh tokens' | 'rotate signing keys' | 'move the clock of Authentik'
> = {
  'token endpoint becomes': {
    sentence: ({ state }) => `the token endpoint becomes ${state}`,
    applies: ({ state }, model) => model.authentik !== state,
    perform: async ({ state }, model, world) => {
      await world.authentik.clearFaults();
      const fault = faults[state];
      if (fault) await world.authentik.setFault(fault);
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
