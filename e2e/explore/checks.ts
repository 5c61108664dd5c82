import { until } from '../../fleet/until.ts';
import { contract } from '../contract.ts';
import { describeAnswer, describeRequest } from '../matchers/answers.ts';
import { peopleNames, Violation, type UserOutcome, type PodIndex, type ModelSession } from './model.ts';
import type { Received, World } from './world.ts';

/** The outcome of a pod's response for the user; undefined for a response that no user should ever see. */
function outcomeOf({ status, pod, headers }: Received): UserOutcome | undefined {
  if (pod === '') return undefined;
  if (status === 200) return 'served';
  if (status === 503) return 'unavailable';
  const leadsToSignIn = status === 302 && headers['location']?.startsWith('/sign-in') === true;
  return status === 401 || leadsToSignIn ? 'refused' : undefined;
}

/** `anna's session of operator on the laptop`. */
export const nameOf = ({ person, app, browser }: ModelSession): string =>
  `${person}'s session of ${app} on the ${browser}`;

/** Compares responses with the outcomes that the model allows, and updates the model. @throws Error */
export function compare(
  answers: readonly Received[],
  session: ModelSession,
  world: World,
  allowed: readonly UserOutcome[] = world.model.outcomes(session),
): void {
  const seen = new Set<UserOutcome>();
  for (const answer of answers) {
    const outcome = outcomeOf(answer);
    if (outcome === undefined || !allowed.includes(outcome)) throw new Violation(describe(answer, session, allowed));
    if (outcome === 'served') checkIdentity(answer.body, describeRequest(answer), session, world);
    seen.add(outcome);
  }
  for (const outcome of seen) world.model.saw(session, outcome);
}

/** @throws Error when a text does not name the owner of a session, or names another user. */
function checkIdentity(text: string, where: string, session: ModelSession, world: World): void {
  const named = peopleNames.filter((name) => text.includes(world.people[name].username));
  if (named.length === 1 && named[0] === session.person) return;
  throw new Violation(
    `${nameOf(session)}: ${where} shows ${named.join(' and ') || 'nobody'}; wanted ${session.person}.`,
  );
}

const describe = (answer: Received, session: ModelSession, allowed: readonly UserOutcome[]): string =>
  `${nameOf(session)}: ${describeRequest(answer)} was answered ${describeAnswer(answer)}; ` +
  `wanted ${allowed.join(' or ')}.`;

/** A signed JWT: header and payload each begin with the base64 of `{"`. */
const jwt = /eyJ[\w-]+\.eyJ[\w-]+\./;

const pods: readonly PodIndex[] = [0, 1];

/** Milliseconds within which Redis must match the model. A sign-in that finished too late is removed by then. */
const settledMs = 1000;

/** Every response in time, without a token and without a 500. @throws Error */
function checkAnswers(world: World): void {
  for (const answer of world.answers) {
    const what = describeRequest(answer);
    const { maxAnswerMs } = world.options;
    if (answer.ms > maxAnswerMs)
      throw new Violation(`${what} was answered after ${Math.round(answer.ms)} ms; wanted ${maxAnswerMs} at most.`);
    if (answer.status === 500) throw new Violation(`${what} was answered ${describeAnswer(answer)}.`);
    if (jwt.test(answer.body)) throw new Violation(`${what} has a token in its body.`);
  }
  world.answers.length = 0;
}

/** The sessions in Redis and in the index for back-channel logout are the active ones. @throws Error */
async function checkStore(world: World): Promise<void> {
  const { model } = world;
  const difference = async (): Promise<string> => {
    const [stored, named] = await Promise.all([world.storedSessions(), world.namedSessions()]);
    const has = (session: ModelSession): boolean => stored.some(({ key }) => key === world.handleOf(session).key);
    const lost = model.living.find((session) => !has(session) && !session.idle);
    if (lost) return `${nameOf(lost)} is not in Redis.`;
    const kept = model.ended.find(has);
    if (kept) return `${nameOf(kept)} has ended and is still in Redis.`;
    const keys = new Set(model.living.map((session) => world.handleOf(session).key));
    const surplus = stored.find(({ key }) => !keys.has(key));
    if (surplus) return `Redis has ${surplus.key} in database ${surplus.db}, which is no session of anybody.`;
    const unnamed = model.living.find((session) => has(session) && !named.has(world.handleOf(session).key));
    if (unnamed) return `${nameOf(unnamed)} is in Redis, and no name leads to it.`;
    const orphan = model.ended.find((session) => named.has(world.handleOf(session).key));
    if (orphan) return `${nameOf(orphan)} has ended, and a name still leads to it.`;
    const unlimited = stored.find(({ ttl }) => ttl < 0 || ttl > contract.lifetimeSeconds);
    return unlimited ? `${unlimited.key} ends in ${unlimited.ttl} s; wanted ${contract.lifetimeSeconds} at most.` : '';
  };
  let found = '';
  await until(async () => (found = await difference()) === '', {
    timeoutMs: settledMs,
    intervalMs: 50,
    failure: () => new Violation(found),
  });
}

/** No refresh token is used twice: Authentik may take that for theft (RFC 9700 section 4.14). @throws Error */
async function checkTokenRequests(world: World): Promise<void> {
  const { requests, next } = await world.authentik.requests({ after: world.logCursor });
  world.logCursor = next;
  for (const { grantType, status, username, clientId } of requests) {
    if (grantType !== 'refresh_token' || status !== 400) continue;
    // Requests of earlier sequences may end in this one.
    const owner = peopleNames.find((name) => world.people[name].username === username);
    if (owner === undefined || world.model.sessions.some(({ person, revoked }) => revoked && person === owner))
      continue;
    throw new Violation(`Authentik refused a refresh token of ${clientId ?? 'an app'}, which was used before.`);
  }
}

/** Calls with the cookie of a session, and compares the response. @param pod absent: any. @throws Error */
export async function callWith(
  session: ModelSession,
  pod: PodIndex | undefined,
  world: World,
  allowed?: readonly UserOutcome[],
): Promise<void> {
  const { cookie } = world.handleOf(session);
  const answer = await world.request(session, '/api/me', { ...(pod !== undefined && { pod }), cookie });
  compare([answer], session, world, allowed);
}

/** An ended session is refused by every pod. @throws Error */
async function checkEnded(sessions: readonly ModelSession[], world: World): Promise<void> {
  await Promise.all(sessions.flatMap((session) => pods.map((pod) => callWith(session, pod, world))));
}

/** What must be true after each step. @param justEnded the sessions that the step ended. */
export async function checkStep(justEnded: readonly ModelSession[], world: World): Promise<void> {
  checkAnswers(world);
  await Promise.all([checkStore(world), checkTokenRequests(world), checkEnded(justEnded, world)]);
}

/** What must be true of every session on every pod at the end of a sequence, when no request is in progress. */
export async function checkEnd(world: World): Promise<void> {
  const { model } = world;
  await world.authentik.clearFaults();
  model.authentik = 'well';
  await world.noRenewals();
  await checkEnded(model.ended, world);
  for (const session of model.living) for (const pod of pods) await callWith(session, pod, world);
  await checkStep([], world);
}
