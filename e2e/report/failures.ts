import { isHarnessFault } from './harness-fault.ts';
import { headline } from './headline.ts';
import type { TestOutcome } from './outcome.ts';
import { describeMark, isBroken, isFailed, otherLanes, type Mark, type Timeline } from './timeline.ts';
import { commandsFor } from './commands.ts';
import type { TestFailure } from './report.ts';

/** The kind of a failure that says nothing about the product. */
export const harnessFailed = 'the harness failed';

const maxEvidence = 3;
const maxMessageLength = 4_000;
const maxSeenLength = 500;

/** @param isRight whether a refusal with this reason is one of a stranger, or of a user whose session ended rightly. */
export function testFailureOf(
  test: TestOutcome,
  timeline: Timeline | undefined,
  isRight: (reason: string) => boolean,
): Omit<TestFailure, 'files'> {
  // The assertion first: what fails after it is often its consequence.
  const messages = [test.message, ...(test.harnessFault === undefined ? [] : [test.harnessFault])];
  const isHarness = messages.some(isHarnessFault);
  const { wrong, isTelling } = wrongIn(timeline, test.message, isRight);
  const saw = messages.map((message) => headline(message, undefined, maxSeenLength)).join('; then ');
  // A test also sends requests that it wants to be refused. Only one that the message is about says what kind of failure it is.
  const [first] = !pageError.test(test.message) && wrong[0]?.some(isTelling) ? wrong[0] : [];
  const alike = first ? wrong.flat().filter((mark) => kindOf(mark) === kindOf(first)) : [];
  return {
    saw,
    kind: isHarness ? harnessFailed : first ? kindOf(first) : (saw.split(/ · | on https:/)[0] ?? ''),
    by: [...new Set(alike.map(({ lane }) => lane))],
    message: messages.join('\n\n').slice(0, maxMessageLength),
    at: test.at.find((position) => position.startsWith(`${test.spec}:`)) ?? `${test.spec}:${test.line}`,
    evidence: wrong.slice(0, maxEvidence).map(evidenceOf),
    again: commandsFor(test),
  };
}

/** An error of a script says more than any request (e2e/fixtures/page-errors.ts). */
const pageError = /^Error: A page wrote an error that the test does not expect: (?!Failed to load)/;

/**
 * The requests of a test that a user would not want, the most telling first: equal ones are a group, in which the last
 * is first. Requests that left the fleet come first, then those whose status is in the message. A refusal that may be
 * right is one only if it is.
 */
function wrongIn(
  { marks, hosts: ofFleet }: Pick<Timeline, 'marks' | 'hosts'> = { marks: [], hosts: [] },
  message: string,
  isRight: (reason: string) => boolean,
): { wrong: Mark[][]; isTelling: (mark: Mark) => boolean } {
  const refused = new Set(refusedPagesIn(marks));
  const hosts = new Set([...ofFleet, ...marks.map(({ host }) => host)]);
  const received = message.replaceAll(/^ *(?:Expected|-).*$/gm, '');
  const isNamed = ({ status, location }: Mark): boolean =>
    (status > 0 && new RegExp(`\\b${status}\\b`).test(received)) || (location !== '' && received.includes(location));
  const rank = (mark: Mark): number =>
    mark.lane === otherLanes.outside || leadsOutside(mark, hosts) ? 0 : isNamed(mark) ? 1 : isBroken(mark) ? 2 : 3;
  const wrong = marks
    .filter((mark) => isFailed(mark) || refused.has(mark) || leadsOutside(mark, hosts))
    .filter((mark) => !isRight(mark.reason) || isNamed(mark));
  const groups = Map.groupBy(wrong.toReversed(), (mark) => `${mark.lane} ${kindOf(mark)}`);
  return {
    wrong: [...groups.values()].toSorted(([a], [b]) => (a && b ? rank(a) - rank(b) : 0)),
    isTelling: (mark) =>
      mark.lane === otherLanes.outside ? message.includes(mark.host) : leadsOutside(mark, hosts) || isNamed(mark),
  };
}

/** A redirect to a host that is neither of the fleet nor one that the test has been to. */
const leadsOutside = ({ location }: Mark, hosts: ReadonlySet<string>): boolean =>
  location !== '' && !hosts.has(location.split('/', 1)[0] ?? '');

/** What was seen, in a few words: `401, session missing, from shop.example`. */
const kindOf = ({ status, reason, location, host, lane }: Mark): string =>
  [
    status === 0 ? 'no answer' : String(status),
    ...(reason ? [`session ${reason}`] : []),
    ...(location ? [`to ${location}`] : []),
    lane === otherLanes.outside ? `${host} is outside the fleet` : `from ${host}`,
  ].join(', ');

function evidenceOf(group: readonly Mark[]): string {
  const [last] = group as [Mark];
  const others = group.length > 1 ? `, the last of ${group.length} like it` : '';
  return `${describeMark(last)}, at ${(last.at / 1_000).toFixed(1)} s${others}`;
}

/** Paths of an app that are not pages for signed-in users, and those of Authentik. */
const noPage = /^\/(?:api|auth|flows|if|application|sign-in|sign-out|signed-out)(?:\/|$)/;

/** Pages that redirect a user who has a session or has signed in, as if the user were not signed in. */
function refusedPagesIn(marks: readonly Mark[]): Mark[] {
  const signedIn = new Set<string>();
  return marks.filter(({ host, path, status, session }) => {
    if (path === '/auth/oidc/callback') signedIn.add(host);
    if (path === '/auth/oidc/logout') signedIn.delete(host);
    return status === 302 && !noPage.test(path) && (session !== '' || signedIn.has(host));
  });
}
