import type { Regression } from '../../fixtures/regressions/regression.ts';
import { isHarnessFault } from './harness-fault.ts';
import { headline } from './headline.ts';
import type { TestOutcome } from './outcome.ts';
import { classOf, describeMark, isFailed, type Mark, type Timeline } from './timeline.ts';
import { causesOf } from './causes.ts';
import { commandsFor } from './commands.ts';
import type { TestFailure } from './report.ts';

const maxEvidence = 3;
const maxMessageLength = 4_000;
const maxSeenLength = 500;

/** The description of a failed test. */
export function failureOf(
  test: TestOutcome,
  timeline: Timeline | undefined,
  run: readonly TestOutcome[],
  catalogue: readonly Regression[],
): TestFailure {
  const message = test.harnessFault ?? test.message;
  const isHarness = isHarnessFault(message);
  const causes = isHarness ? [] : causesOf(test, run, catalogue);
  return {
    saw: headline(message, undefined, maxSeenLength),
    message: [...new Set([message, test.message])].join('\n\n').slice(0, maxMessageLength),
    at: test.at.find((position) => position.startsWith(`${test.spec}:`)) ?? `${test.spec}:${test.line}`,
    evidence: evidenceIn(timeline?.marks ?? []),
    causes,
    again: commandsFor(test, causes),
    isHarness,
  };
}

/**
 * Failed requests: egress and errors first, of those the last ones. Equal ones are counted. Without any, the last page
 * that was opened.
 */
function evidenceIn(marks: readonly Mark[]): string[] {
  const refused = new Set(refusedPagesIn(marks));
  const wrong = marks.filter((mark) => isFailed(mark) || refused.has(mark));
  if (wrong.length === 0) {
    const page = marks.findLast(({ from, path }) => from === 'browser' && !/^\/(?:api|auth|flows)\//.test(path));
    return page ? [describeMark(page)] : [];
  }
  const groups = Map.groupBy(wrong.toReversed(), ({ status, lane }) => `${status} ${lane}`);
  return [...groups.values()]
    .toSorted(([a], [b]) => Number(isBroken(b)) - Number(isBroken(a)))
    .slice(0, maxEvidence)
    .map((its) => {
      const [last] = its as [Mark];
      const others = its.length > 1 ? `, the last of ${its.length} like it` : '';
      return `${describeMark(last)}, at ${(last.at / 1_000).toFixed(1)} s${others}`;
    });
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

const isBroken = (mark: Mark | undefined): boolean => mark !== undefined && classOf(mark) === 'broken';
