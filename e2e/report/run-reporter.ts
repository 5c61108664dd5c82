import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { FullConfig, FullResult, Reporter, Suite, TestCase, TestResult } from '@playwright/test/reporter';
import type { Regression } from '../../fixtures/regression.ts';
import { engineInUse, versionsInUse } from '../engine-in-use.ts';
import { causesOf } from './causes.ts';
import { harnessFailed, testFailureOf } from './failures.ts';
import {
  annotations,
  failuresForTerminal,
  slownessSentence,
  summaryMarkdown,
  verdictSentence,
} from './failure-text.ts';
import { junitXml, type JunitCase } from './junit.ts';
import { cellAnnotation, leftAnnotation, outcomeOf, type TestOutcome } from './outcome.ts';
import { notRunReason, reportFile, type ReportedTest, type RunReport } from './report.ts';
import { runPage } from './run-page.ts';
import { runRequest } from '../run-request.ts';
import { timelineAttachment, type Timeline } from './timeline.ts';
import { findUnexpectedSkips, printVerdict, verdictOn, type RunRecord, type RunVerdict } from './verdict.ts';

/** More errors outside of tests, or longer ones, add no information. */
const maxErrors = 10;
const maxErrorLength = 1_500;

/** The attachments of a failed test to which the page links. */
const linked: ReadonlySet<string> = new Set(['trace', 'screenshot', 'video']);

/** Where the sources are: on GitHub if it runs there, since the folder of the reports is all that is kept of a job. */
function sourceFrom(folder: string): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA: sha } = process.env;
  return server && repository && sha ? `${server}/${repository}/blob/${sha}/` : `${relative(folder, '')}/`;
}

/** What a report says of the product. */
export interface ReportedProduct {
  /** Whose specs failed together for one cause. */
  regressions(): readonly Regression[];
  /** Whether a refusal with this reason (`x-session-reason`) is right. */
  isRight(reason: string): boolean;
  /** The requirements of standards that its tests may name: a sentence for each id. */
  requirements: Readonly<Record<string, string>>;
  /** Packages whose versions matter, by their titles. */
  packages: Readonly<Record<string, string>>;
}

interface Options {
  /** Of the reports. */
  folder: string;
  product: ReportedProduct;
  /** Write the verdict alone, for a command that runs the suite many times. */
  quiet?: boolean;
}

/**
 * Writes the verdict (`verdict.json`), and for people the run as a page (`run.html`), as Markdown (`summary.md`) and as
 * JUnit. It prints why tests failed, and then the verdict. On GitHub, failures are also shown at their lines and in the
 * summary of the job.
 */
export default class RunReporter implements Reporter {
  readonly #folder: string;
  readonly #product: ReportedProduct;
  readonly #isQuiet: boolean;
  readonly #timelines = new Map<TestCase, Timeline>();
  readonly #errors: string[] = [];
  #suite: Suite | undefined;
  #workers = 1;

  /** It must come after the reporter that redacts, and last: the command's output ends with the verdict. */
  constructor({ folder, product, quiet = false }: Options) {
    this.#folder = folder;
    this.#product = product;
    this.#isQuiet = quiet;
  }

  onBegin(config: FullConfig, suite: Suite): void {
    this.#suite = suite;
    this.#workers = config.workers;
    if (process.env.GITHUB_ACTIONS) stopGitHubCommands();
  }

  onError({ message = 'unknown error' }: { message?: string }): void {
    this.#errors.push(message);
  }

  /** The other reports would repeat the data of the timeline. It is not removed: steps refer to attachments by index. */
  onTestEnd(test: TestCase, { attachments }: TestResult): void {
    const found = attachments.find(({ name }) => name === timelineAttachment.name);
    if (!found?.body) return;
    this.#timelines.set(test, JSON.parse(found.body.toString()) as Timeline);
    Object.assign(found, { contentType: 'text/plain', body: Buffer.from(`run.html#${test.id}`) });
  }

  onEnd(result: FullResult): void {
    const tests = this.#suite?.allTests() ?? [];
    const outcomes = tests.map(outcomeOf);
    const { verdict, early } = verdictOn(tests, this.#errors, result.status);
    // A test that an interruption ended may look as if it was skipped.
    const isWhole = early === undefined && ['passed', 'failed'].includes(result.status);
    const unexpectedSkips = isWhole ? findUnexpectedSkips(outcomes, engineInUse()) : [];
    const record: RunRecord = { ...verdict, tests: outcomes, unexpectedSkips };
    this.#write('verdict.json', JSON.stringify(record, null, 2));
    if (!this.#isQuiet) this.#writeForPeople(this.#reportOf(tests, outcomes, verdict, result));
    printVerdict(record, tests, early);
  }

  #write(file: string, text: string): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(join(this.#folder, file), text);
  }

  #writeForPeople(report: RunReport): void {
    this.#write(reportFile, JSON.stringify(report));
    this.#write('run.html', runPage(report));
    this.#write('summary.md', summaryMarkdown(report));
    this.#write('junit.xml', junitXml(report.tests.map(junitCaseOf)));
    const failures = failuresForTerminal(report);
    if (failures) console.log(`\nWhy:\n\n${failures}`);
    if (process.env.GITHUB_ACTIONS) {
      printGitHubCommands(annotations(report));
      const { GITHUB_STEP_SUMMARY: summary } = process.env;
      if (summary) appendFileSync(summary, summaryMarkdown(report));
    }
    console.log(`\nRun report: ${join(this.#folder, 'run.html')}`);
  }

  #reportOf(
    tests: readonly TestCase[],
    outcomes: readonly TestOutcome[],
    verdict: RunVerdict,
    { startTime, duration }: FullResult,
  ): RunReport {
    const reported = outcomes.map((outcome, index) => this.#reported(tests[index]!, outcome));
    const marks = reported.flatMap(({ timeline }) => timeline?.marks ?? []);
    const said = new Set(marks.flatMap(({ reason }) => reason || []));
    const causes = causesOf(outcomes, this.#product.regressions(), said);
    const { part, scope, slowness } = runRequest;
    return {
      startedAt: startTime.toISOString(),
      seconds: duration / 1_000,
      engine: engineInUse().name,
      ...(part && { part }),
      workers: this.#workers,
      versions: versionsInUse(this.#product.packages),
      verdict: {
        ...verdict,
        errors: verdict.errors.slice(0, maxErrors).map((error) => error.slice(0, maxErrorLength)),
      },
      sentence: [verdictSentence(verdict, reported, causes), scope, slownessSentence(slowness.machine)]
        .filter(Boolean)
        .join(' '),
      causes,
      tests: reported,
      requirements: this.#product.requirements,
      source: sourceFrom(this.#folder),
    };
  }

  #reported(test: TestCase, outcome: TestOutcome): ReportedTest {
    const { spec, title, tags, requirements, isNotApplicable } = outcome;
    const result = test.results.at(-1);
    // With expected failures a red test has passed, and a green one has failed.
    const status =
      outcome.status === 'passed' || outcome.status === 'failed' ? (test.ok() ? 'passed' : 'failed') : outcome.status;
    const timeline = this.#timelines.get(test);
    const noteOf = (type: string) => result?.annotations.find((annotation) => annotation.type === type)?.description;
    const cells = result?.annotations.flatMap(({ type, description }) =>
      type === cellAnnotation ? (description ?? []) : [],
    );
    const [reason, left] = [noteOf('skip'), noteOf(leftAnnotation)];
    const files = (result?.attachments ?? []).flatMap(({ name, path }) =>
      path !== undefined && linked.has(name) ? [[name, relative(this.#folder, path)] as const] : [],
    );
    const failure = status === 'failed' ? testFailureOf(outcome, timeline, this.#product.isRight) : undefined;
    return {
      id: test.id,
      spec,
      title,
      tags,
      requirements,
      status,
      milliseconds: result?.duration ?? 0,
      ...(cells?.length && { cells }),
      ...(isNotApplicable && { isNotApplicable }),
      ...(reason === undefined ? {} : { reason }),
      ...(failure && { failure: { ...failure, ...(left && { left }), files: Object.fromEntries(files) } }),
      ...(failure && timeline ? { timeline } : {}),
    };
  }
}

/** Playwright's own report takes each error that is no assertion of its matchers for one of the test. */
function junitCaseOf({ spec, title, status, milliseconds, reason, failure }: ReportedTest): JunitCase {
  const notRun = status === 'passed' ? undefined : ({ as: 'skipped', message: reason ?? notRunReason } as const);
  const failed = failure && {
    as: failure.kind === harnessFailed ? ('error' as const) : ('failure' as const),
    message: failure.saw,
    details: failure.message,
  };
  return { suite: spec, name: title, milliseconds, not: failed ?? notRun };
}

// GitHub Actions interprets each log line that begins with `::` as a command, even one that a test printed. After
// `stop-commands` all lines are text until the same token ends it (workflow commands, "Stopping and starting workflow
// commands").
const token = randomUUID();
const stopGitHubCommands = (): void => console.log(`::stop-commands::${token}`);

function printGitHubCommands(commands: string): void {
  console.log(`::${token}::`);
  console.log(commands);
  stopGitHubCommands();
}
