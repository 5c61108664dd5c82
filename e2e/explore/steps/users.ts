import { httpsOf } from '../../../fleet/hosts.ts';
import { routes } from '../../contract.ts';
import { signInByHttp } from '../../claims/sign-in-by-http.ts';
import { Violation, type Place, type PodIndex, type ModelSession } from '../model.ts';
import type { StepKinds } from '../step.ts';
import { compare, nameOf } from '../checks.ts';
import { describeAnswer } from '../../matchers/answers.ts';
import type { Received } from '../received.ts';
import type { World } from '../world.ts';

export const at = ({ app, browser }: Place): string => `${app} on the ${browser}`;

/** Signing in: for the first time, again, as another user, to the other app, on another device. */
export const signInSteps: StepKinds<'sign in'> = {
  'sign in': {
    sentence: (step) => `${step.person} signs in to ${at(step)}`,
    applies: () => true,
    perform: async (step, model, world) => {
      const { browser, app, person } = step;
      const client = world.browser(browser);
      const isKnown = model.knownIn(browser) === person;
      // The previous user's session at Authentik ends, as when it expires. The apps are not notified.
      if (!isKnown) client.cookies(httpsOf(world.fleet.hosts.auth)).clear();
      const canSignIn = model.canSignIn;
      const result = await signInByHttp(client, world.originOf(app), world.person(person), routes.signIn).then(
        (askedPassword) => ({ askedPassword }),
        (error: Error) => error,
      );
      model.nameGiven(browser, person);
      const what = `${person}'s sign-in to ${at(step)}`;
      if (result instanceof Error) {
        if (canSignIn) throw new Violation(`${what} failed. ${result.message}`);
        return;
      }
      if (!canSignIn) throw new Violation(`${what} succeeded; wanted a failure while Authentik is ${model.authentik}.`);
      if (result.askedPassword === isKnown)
        throw new Violation(`${what} ${isKnown ? 'asked again for the password' : 'asked for no password'}.`);
      await world.remember(model.signedIn(step, person));
    },
  },
};

const html = { accept: 'text/html', 'x-edge-kind': 'browser' };

/** Requests of a signed-in user, or of one whose session has ended. */
export const requestSteps: StepKinds<'call' | 'open page' | 'call several times at once' | 'replay an old cookie'> = {
  call: {
    sentence: (step) => `${at(step)}: GET ${step.path} on pod ${step.pod}`,
    applies: (step, model) => model.at(step) !== undefined,
    perform: async (step, model, world) => {
      const session = model.at(step)!;
      compare([await world.request(step, step.path, { pod: step.pod })], session, { model, world });
    },
  },
  'open page': {
    sentence: (step) => `${at(step)}: the page ${step.path} by a link, on pod ${step.pod}`,
    applies: (step, model) => model.at(step) !== undefined,
    perform: async (step, model, world) => {
      const session = model.at(step)!;
      compare([await world.request(step, step.path, { pod: step.pod, headers: html })], session, { model, world });
    },
  },
  'call several times at once': {
    sentence: (step) => `${at(step)}: six calls at once, on both pods`,
    applies: (step, model) => model.at(step) !== undefined,
    perform: async (step, model, world) => {
      const session = model.at(step)!;
      await world.podsOf(step.app);
      const pods = [0, 1, 0, 1, 0, 1] as const;
      const answers = await Promise.all(pods.map((pod) => world.request(step, '/api/me', { pod })));
      compare(answers, session, { model, world });
    },
  },
  'replay an old cookie': {
    sentence: ({ nth, pod }) => `somebody sends the cookie of an ended session (number ${nth}) to pod ${pod}`,
    applies: (_, model) => model.ended.length > 0,
    perform: async ({ nth, pod }, model, world) => {
      const session = model.ended[nth % model.ended.length]!;
      const { cookie } = world.handleOf(session);
      for (const headers of [{}, html])
        compare([await world.request(session, headers === html ? '/' : '/api/me', { pod, cookie, headers })], session, {
          model,
          world,
        });
    },
  },
};

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
