import type { Timeline } from './timeline.ts';
import type { RunVerdict } from './verdict.ts';

/** Everything that the run report shows. */
export interface RunReport {
  startedAt: string;
  seconds: number;
  engine: string;
  workers: number;
  verdict: RunVerdict;
  /** The verdict in one sentence. */
  sentence: string;
  tests: ReportedTest[];
}

export interface ReportedTest {
  /** Its id in Playwright's report. */
  id: string;
  /** Relative to `e2e/`. */
  spec: string;
  line: number;
  /** `describe title: test title`: what the test claims. */
  title: string;
  /** Names of the regressions that it claims to catch. */
  tags: readonly string[];
  status: 'passed' | 'failed' | 'skipped' | 'not run';
  milliseconds: number;
  /** Why it was skipped. */
  reason?: string;
  failure?: TestFailure;
  /** Of a failed test. */
  timeline?: Timeline;
}

/** Why a test failed, in short. */
export interface TestFailure {
  /** The first lines of the error: what was seen instead of what the title claims. */
  saw: string;
  /** The whole error. */
  message: string;
  /** `session/a.spec.ts:12`: where the assertion is. */
  at: string;
  /** Failed requests, with pod, revision and status. */
  evidence: string[];
  causes: RegressionCause[];
  /** Commands that reproduce it. */
  again: string[];
  /** The harness failed, not the product. */
  isHarness: boolean;
  /** File of Playwright's trace, relative to the repository. */
  trace?: string;
}

/** A regression of the catalogue that can explain a failure. */
export interface RegressionCause {
  regression: string;
  title: string;
  explanation: string;
  /** How many tests of the run that claim it failed with its message, of those that ran. */
  explained: number;
  claimed: number;
}
