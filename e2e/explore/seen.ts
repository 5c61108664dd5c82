import { describeAnswer, describeRequest } from '../models/answer.ts';
import type { Received } from './http-browser.ts';
import { peopleNames, type Model, type Outcome, type Session } from './model.ts';
import { Violation } from './violation.ts';
import type { World } from './world.ts';

/** The outcome of a pod's response for the user; undefined for a response that no user should ever see. */
function outcomeOf({ status, pod, headers }: Received): Outcome | undefined {
  if (pod === '') return undefined;
  if (status === 200) return 'served';
  if (status === 503) return 'unavailable';
  const leadsToSignIn = status === 302 && headers['location']?.startsWith('/sign-in') === true;
  return status === 401 || leadsToSignIn ? 'refused' : undefined;
}

/** `anna's session of operator on the laptop`. */
export const nameOf = ({ person, app, browser }: Session): string => `${person}'s session of ${app} on the ${browser}`;

/**
 * Compares responses to requests of a session with the outcomes that the model allows, and updates the model.
 * @param allowed default: what the model says. @throws Violation
 */
export function compare(
  answers: readonly Received[],
  session: Session,
  { model, world, allowed = model.outcomes(session) }: { model: Model; world: World; allowed?: readonly Outcome[] },
): void {
  const seen = new Set<Outcome>();
  for (const answer of answers) {
    const outcome = outcomeOf(answer);
    if (outcome === undefined || !allowed.includes(outcome)) throw new Violation(describe(answer, session, allowed));
    if (outcome === 'served') checkIdentity(answer.body, describeRequest(answer), session, world);
    seen.add(outcome);
  }
  for (const outcome of seen) model.saw(session, outcome);
}

/** @throws Violation when a text does not name the owner of a session, or names another user. */
export function checkIdentity(text: string, where: string, session: Session, world: World): void {
  const named = peopleNames.filter((name) => text.includes(world.person(name).username));
  if (named.length === 1 && named[0] === session.person) return;
  throw new Violation(
    `${nameOf(session)}: ${where} shows ${named.join(' and ') || 'nobody'}; wanted ${session.person}.`,
  );
}

const describe = (answer: Received, session: Session, allowed: readonly Outcome[]): string =>
  `${nameOf(session)}: ${describeRequest(answer)} was answered ${describeAnswer(answer)}; ` +
  `wanted ${allowed.join(' or ')}.`;
