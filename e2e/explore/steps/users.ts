import { httpsOf } from '../../../fleet/hosts.ts';
import { signInByHttp } from '../../claims/sign-in-by-http.ts';
import { routes } from '../../contract.ts';
import { describeAnswer } from '../../matchers/answers.ts';
import { compare, nameOf } from '../checks.ts';
import { Violation, type ModelSession, type PersonName, type Place, type PodIndex } from '../model.ts';
import { stepKind } from '../step.ts';
import type { Received, World } from '../world.ts';

export const at = ({ app, browser }: Place): string => `${app} on the ${browser}`;

const html = { accept: 'text/html', 'x-edge-kind': 'browser' };

/** A request of a signed-in user, or of one whose session has ended. */
const request = (what: (path: string) => string, headers = {}) =>
  stepKind<Place & { path: string; pod: PodIndex }>({
    sentence: (step) => `${at(step)}: ${what(step.path)} on pod ${step.pod}`,
    applies: (step, model) => model.at(step) !== undefined,
    perform: async (step, world) => {
      const { path, pod } = step;
      compare([await world.request(step, path, { pod, headers })], world.model.at(step)!, world);
    },
  });

/** Milliseconds that Authentik takes for a refresh during a sign-out: longer than a sign-out takes. */
const renewalMs = 500;

/** Sends the form of the sign-out button. */
const send = (session: ModelSession, pod: PodIndex, world: World): Promise<Received> =>
  world.request(session, routes.signOut, { method: 'POST', headers: { origin: world.originOf(session.app) }, pod });

/**
 * Checks that the session has ended, and that the browser is redirected to the end-session endpoint.
 * @param wasOver it may have ended before, and then the app does not redirect to Authentik.
 */
function checkSignOut(answer: Received, session: ModelSession, world: World, wasOver = false): void {
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

export const userSteps = {
  /** For the first time, again, as another user, to the other app, on another device. */
  'sign in': stepKind<Place & { person: PersonName }>({
    sentence: (step) => `${step.person} signs in to ${at(step)}`,
    perform: async (step, world) => {
      const { browser, app, person } = step;
      const { model } = world;
      const client = world.browsers[browser];
      const isKnown = model.knownIn.get(browser) === person;
      // The previous user's session at Authentik ends, as when it expires. The apps are not notified.
      if (!isKnown) client.cookies(httpsOf(world.fleet.hosts.auth)).clear();
      const result = await signInByHttp(client, world.originOf(app), world.people[person], routes.signIn).then(
        (askedPassword) => ({ askedPassword }),
        (error: Error) => error,
      );
      model.knownIn.set(browser, person);
      const what = `${person}'s sign-in to ${at(step)}`;
      if (result instanceof Error) {
        if (model.canSignIn) throw new Violation(`${what} failed. ${result.message}`);
        return;
      }
      if (!model.canSignIn)
        throw new Violation(`${what} succeeded; wanted a failure while Authentik is ${model.authentik}.`);
      if (result.askedPassword === isKnown)
        throw new Violation(`${what} ${isKnown ? 'asked again for the password' : 'asked for no password'}.`);
      await world.remember(model.signedIn(step, person));
    },
  }),
  call: request((path) => `GET ${path}`),
  'open page': request((path) => `the page ${path} by a link,`, html),
  'call several times at once': stepKind<Place>({
    sentence: (step) => `${at(step)}: six calls at once, on both pods`,
    applies: (step, model) => model.at(step) !== undefined,
    perform: async (step, world) => {
      await world.podsOf(step.app);
      const pods = [0, 1, 0, 1, 0, 1] as const;
      const answers = await Promise.all(pods.map((pod) => world.request(step, '/api/me', { pod })));
      compare(answers, world.model.at(step)!, world);
    },
  }),
  'replay an old cookie': stepKind<{ nth: number; pod: PodIndex }>({
    sentence: ({ nth, pod }) => `somebody sends the cookie of an ended session (number ${nth}) to pod ${pod}`,
    applies: (_, model) => model.ended.length > 0,
    perform: async ({ nth, pod }, world) => {
      const { ended } = world.model;
      const session = ended[nth % ended.length]!;
      const { cookie } = world.handleOf(session);
      compare([await world.request(session, '/api/me', { pod, cookie })], session, world);
      compare([await world.request(session, '/', { pod, cookie, headers: html })], session, world);
    },
  }),
  'sign out': stepKind<Place & { pod: PodIndex }>({
    sentence: (step) => `${at(step)}: sign out on pod ${step.pod}`,
    applies: (step, model) => model.livingAt(step) !== undefined,
    perform: async (step, world) => {
      const session = world.model.livingAt(step)!;
      checkSignOut(await send(session, step.pod, world), session, world);
    },
  }),
  'sign out in a second tab': stepKind<Place>({
    sentence: (step) => `${at(step)}: a call on pod 0, and at the same time a sign-out in a second tab on pod 1`,
    applies: (step, model) => model.livingAt(step) !== undefined,
    perform: async (step, world) => {
      const { model, authentik } = world;
      const session = model.livingAt(step)!;
      const outcomes = model.outcomes(session);
      const { username } = world.people[session.person];
      // The sign-out must happen before the new tokens arrive.
      if (session.due && model.authentik === 'well')
        await authentik.setFault({ tokenDelayMs: renewalMs, username, times: 1 });
      const call = world.request(step, '/api/me', { pod: 0 });
      // The other tab is used after the refresh has started.
      if (session.due) await world.renewing(session, call);
      checkSignOut(await send(session, 1, world), session, world, outcomes.includes('refused'));
      compare([await call], session, world, [...outcomes, 'refused']);
      session.over = true;
      await authentik.clearFaults(username);
    },
  }),
};
