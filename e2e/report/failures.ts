import type { Regression } from '../../fixtures/regressions/regression.ts';
import { headline } from '../reporters/headline.ts';
import type { TestOutcome } from '../reporters/outcome.ts';
import { classOf } from './timeline-svg.ts';
import { describeMark, isFailed, type Mark, type Timeline } from '../timeline/timeline.ts';
import { causesOf } from './causes.ts';
import { commandsFor } from './commands.ts';
import type { Failure } from './report.ts';

const maxEvidence = 3;
const maxMessageLength = 4_000;

/** What is said about a failed test. */
export function failureOf(
  test: TestOutcome,
  timeline: Timeline | undefined,
  run: readonly TestOutcome[],
  catalogue: readonly Regression[],
): Failure {
  const isHarness = /^(?:HarnessError|CannotRunHere): /.test(test.message);
  const causes = isHarness ? [] : causesOf(test, run, catalogue);
  return {
    saw: headline(test.message),
    message: test.message.slice(0, maxMessageLength),
    at: test.at.find((position) => position.startsWith(`${test.spec}:`)) ?? `${test.spec}:${test.line}`,
    evidence: evidenceIn(timeline?.marks ?? []),
    causes,
    again: commandsFor(test, causes),
    isHarness,
  };
}

/** Requests that went wrong: what left the fleet and errors first, and of those the last. Alike ones are counted. */
function evidenceIn(marks: readonly Mark[]): string[] {
  const groups = Map.groupBy(
    marks.filter(isFailed).toReversed(),
    ({ method, host, path, status, lane }) => `${method} ${host}${path} ${status} ${lane}`,
  );
  return [...groups.values()]
    .toSorted(([a], [b]) => Number(isBroken(b)) - Number(isBroken(a)))
    .slice(0, maxEvidence)
    .map((its) => {
      const [last] = its as [Mark];
      const times = its.length > 1 ? `, ${its.length} times` : '';
      return `${describeMark(last)}${times}, ${its.length > 1 ? 'last ' : ''}at ${(last.at / 1_000).toFixed(1)} s`;
    });
}

const isBroken = (mark: Mark | undefined): boolean => mark !== undefined && classOf(mark) === 'broken';
