import type { TestOutcome } from './outcome.ts';
import type { Timeline } from './timeline.ts';
import type { RunVerdict } from './verdict.ts';

/** The data of a run's page, beside it. */
export const reportFile = 'run.json';

/** The part that a run of the whole suite is. */
export const wholePart = '1-of-1';

export interface RunReport {
  startedAt: string;
  seconds: number;
  engine: string;
  /** Of a report of several runs: the verdict of each engine, and its longest part. */
  engines?: Array<RunVerdict & { engine: string; seconds: number }>;
  /** Which part of the suite it is (`1-of-2`); absent: the whole. */
  part?: string;
  workers: number;
  /** Of what the fleet stands on, by part. */
  versions: Readonly<Record<string, string>>;
  verdict: RunVerdict;
  sentence: string;
  /** The regressions that can explain the failures; empty when no known one does. */
  causes: RegressionCause[];
  tests: ReportedTest[];
  /** The requirements of standards that tests may name: a sentence for each id. */
  requirements: Readonly<Record<string, string>>;
  /** Address of the repository, with `/` at its end: for a page in the folder of the reports, or on GitHub. */
  source: string;
}

export interface ReportedTest extends Pick<
  TestOutcome,
  'spec' | 'title' | 'status' | 'tags' | 'requirements' | 'isNotApplicable'
> {
  /** The cells of a table that it tried, each with what was seen. */
  cells?: readonly string[];
  /** Its id in Playwright's report. */
  id: string;
  milliseconds: number;
  /** Where the reports of its part are, in a report of several: a folder with `/` at its end. */
  folder?: string;
  reason?: string;
  failure?: TestFailure;
  /** Of a failed test. */
  timeline?: Timeline;
}

export interface TestFailure {
  /** The first lines of the error: what was seen instead of what the title claims. */
  saw: string;
  message: string;
  /** `session/a.spec.ts:12`: where the assertion is. */
  at: string;
  /** Failed requests, with pod, revision and status. */
  evidence: string[];
  /** What was seen, in a few words. */
  kind: string;
  /** The pods that answered so; empty when no request tells. */
  by: string[];
  /** What it had changed in its fleet, which no later test got; absent: nothing. */
  left?: string;
  /** Commands that reproduce it. */
  again: string[];
  /** Files of Playwright, relative to the reports, by what they are. */
  files: Readonly<Record<string, string>>;
}

export interface RegressionCause {
  regression: string;
  title: string;
  explanation: string;
}

/** Why a test without a result was not run. */
export const notRunReason = 'the run ended before';

export const notRunByReason = (tests: readonly ReportedTest[]): Array<[reason: string, tests: ReportedTest[]]> => [
  ...Map.groupBy(
    tests.filter(({ status }) => status === 'skipped' || status === 'not run'),
    ({ reason = notRunReason }) => reason,
  ),
];
