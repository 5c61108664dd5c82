import { httpsOf } from '../../../fleet/hosts.ts';
import { describeAnswer } from '../../matchers/answers.ts';
import type { Received } from '../received.ts';
import { type PodIndex, type ModelSession, Violation } from '../model.ts';
import { compare, nameOf } from '../checks.ts';
import type { StepKinds } from '../step.ts';
import type { World } from '../world.ts';
import { at } from './sign-in.ts';

/** Milliseconds that Authentik takes for a refresh during a sign-out: longer than a sign-out takes. */
const renewalMs = 500;

/** Sends the form of the sign-out button. */
const send = (session: ModelSession, pod: PodIndex, world: World): Promise<Received> =>
  world.request(session, '/auth/oidc/logout', {
    method: 'POST',
    headers: { origin: world.originOf(session.app) },
    pod,
  });

/**
 * Checks that the session has ended, and that the browser is redirected to the end-session endpoint.
 * @param wasOver it may have ended before, and then the app does not redirect to Authentik. @throws Violation
 */
function check(answer: Received, session: ModelSession, world: World, wasOver = false): void {
  session.over = true;
  const { location = '' } = answer.headers;
  const auth = httpsOf(world.fleet.hosts.auth);
  if (answer.status === 303 && location.startsWith(auth) && location.includes(`%2F${session.app}%2Fend-session`))
    return;
  if (answer.status === 303 && wasOver && location === '/signed-out') return;
  throw new Violation(
    `${nameOf(session)}: signing out was answered ${describeAnswer(answer)}; wanted 303 to the end-session address.`,
  );
}

export const signOutSteps: StepKinds<'sign out' | 'sign out in a second tab'> = {
  'sign out': {
    sentence: (step) => `${at(step)}: sign out on pod ${step.pod}`,
    applies: (step, model) => model.livingAt(step) !== undefined,
    perform: async (step, model, world) => {
      const session = model.livingAt(step)!;
      check(await send(session, step.pod, world), session, world);
    },
  },
  'sign out in a second tab': {
    sentence: (step) => `${at(step)}: a call on pod 0, and at the same time a sign-out in a second tab on pod 1`,
    applies: (step, model) => model.livingAt(step) !== undefined,
    perform: async (step, model, world) => {
      const session = model.livingAt(step)!;
      const outcomes = model.outcomes(session);
      const allowed = [...outcomes, 'refused'] as const;
      const { username } = world.person(session.person);
      // The sign-out must happen before the new tokens arrive.
      if (session.due && model.authentik === 'well')
        await world.authentik.setFault({ tokenDelayMs: renewalMs, username, times: 1 });
      const call = world.request(step, '/api/me', { pod: 0 });
      // The other tab is used after the refresh has started.
      if (session.due) await world.renewing(session, call);
      check(await send(session, 1, world), session, world, outcomes.includes('refused'));
      const answer = await call;
      compare([answer], session, { model, world, allowed });
      session.over = true;
      await world.authentik.clearFaults(username);
    },
  },
};
