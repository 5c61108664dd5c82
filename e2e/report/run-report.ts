import { appendFileSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { FullConfig, FullResult, Reporter, Suite, TestCase, TestResult } from '@playwright/test/reporter';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import type { Regression } from '../../fixtures/regressions/regression.ts';
import { engineInUse } from '../fixtures/engine-in-use.ts';
import { bounded } from './bounded.ts';
import { failureOf } from './failures.ts';
import { annotations, failuresForTerminal, summaryMarkdown } from './failure-text.ts';
import { html } from './html.ts';
import type { ReportedTest, RunReport, Status } from './report.ts';
import { runJson } from './run-json.ts';
import { runPage } from './run-page.ts';
import { sentenceOf } from './sentence.ts';
import { timelineAttachment, type Timeline } from './timeline.ts';
import { printCommands, stopCommands } from './github-log.ts';
import { hasEnded, outcomeOf, type TestOutcome } from './outcome.ts';
import { verdictOnRun } from './verdict.ts';

/**
 * Writes the run as a page (`run.html`), as data (`run.json`) and as Markdown (`summary.md`), and prints why tests
 * failed. On GitHub, failures are also shown at their lines and in the summary of the job.
 */
export default class RunReportReporter implements Reporter {
  readonly #folder: string;
  readonly #timelines = new Map<TestCase, Timeline>();
  readonly #errors: string[] = [];
  #suite: Suite | undefined;
  #testDir = '';
  #workers = 1;

  /** `folder`: of the reports. It must come after the reporter that redacts, and before the one that writes HTML. */
  constructor({ folder }: { folder: string }) {
    this.#folder = folder;
  }

  onBegin(config: FullConfig, suite: Suite): void {
    this.#suite = suite;
    this.#workers = config.workers;
    this.#testDir = config.projects[0]?.testDir ?? config.rootDir;
    if (process.env.GITHUB_ACTIONS) stopCommands();
  }

  onError({ message = 'unknown error' }: { message?: string }): void {
    this.#errors.push(message);
  }

  /**
   * Replaces the timeline, which other reports would repeat, with a link to its part of the run report. It is not
   * removed, because steps refer to attachments by index.
   */
  onTestEnd(test: TestCase, { attachments }: TestResult): void {
    const found = attachments.find(({ name }) => name === timelineAttachment.name);
    if (!found?.body) return;
    this.#timelines.set(test, JSON.parse(found.body.toString()) as Timeline);
    Object.assign(found, linkTo(test));
  }

  async onEnd({ startTime, duration, status }: FullResult): Promise<void> {
    const tests = this.#suite?.allTests() ?? [];
    const { verdict } = verdictOnRun(tests, this.#errors, status);
    const outcomes = new Map(tests.map((test) => [test, outcomeOf(test, this.#specOf(test))]));
    const all = [...outcomes.values()];
    const catalogue = regressions();
    const reported = [...outcomes].map(([test, outcome]) => this.#reported(test, outcome, all, catalogue));
    const report = bounded({
      startedAt: startTime.toISOString(),
      seconds: duration / 1_000,
      engine: engineInUse().name,
      workers: this.#workers,
      verdict,
      sentence: sentenceOf(verdict, reported),
      tests: reported,
    });
    this.#write(report);
    const failures = failuresForTerminal(report);
    if (failures) console.log(`\nWhy:\n\n${failures}`);
    if (process.env.GITHUB_ACTIONS) {
      printCommands(annotations(report));
      const { GITHUB_STEP_SUMMARY: summary } = process.env;
      if (summary) appendFileSync(summary, summaryMarkdown(report));
    }
    console.log(`\nRun report: ${join(this.#folder, 'run.html')}`);
  }

  /** Runs after Playwright has written its report. Its links point to a page in its own folder, which can be served. */
  onExit(): Promise<void> {
    const folder = join(this.#folder, 'html');
    if (existsSync(folder)) copyFileSync(join(this.#folder, 'run.html'), join(folder, 'run.html'));
    return Promise.resolve();
  }

  printsToStdio(): boolean {
    return true;
  }

  #write(report: RunReport): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(join(this.#folder, 'run.html'), runPage(report));
    writeFileSync(join(this.#folder, 'run.json'), runJson(report));
    writeFileSync(join(this.#folder, 'summary.md'), summaryMarkdown(report));
  }

  #reported(
    test: TestCase,
    outcome: TestOutcome,
    run: readonly TestOutcome[],
    catalogue: readonly Regression[],
  ): ReportedTest {
    const { spec, line, title, tags } = outcome;
    const timeline = this.#timelines.get(test);
    const status = statusOf(test);
    const reason = test.results.at(-1)?.annotations.find(({ type }) => type === 'skip')?.description;
    return {
      id: idOf(test),
      spec,
      line,
      title,
      tags,
      status,
      milliseconds: test.results.at(-1)?.duration ?? 0,
      ...(reason === undefined ? {} : { reason }),
      ...(status === 'failed' ? { failure: failureOf(outcome, timeline, run, catalogue) } : {}),
      ...(timeline ? { timeline } : {}),
    };
  }

  #specOf(test: TestCase): string {
    return relative(this.#testDir, test.location.file).replaceAll(sep, '/');
  }
}

/**
 * A page that redirects to the part of a test, as an attachment. Playwright shows HTML as text, and XHTML as a link.
 */
function linkTo(test: TestCase): { name: string; contentType: string; body: Buffer } {
  const target = `../run.html#${idOf(test)}`;
  const page = html`<html xmlns="http://www.w3.org/1999/xhtml">
    <head>
      <meta http-equiv="refresh" content="0;url=${target}" />
    </head>
    <body>
      <a href="${target}">Run report</a>
    </body>
  </html>`;
  return { name: 'timeline in the run report', contentType: 'application/xhtml+xml', body: Buffer.from(`${page}`) };
}

const idOf = ({ id, repeatEachIndex }: TestCase): string => `test-${id}-${repeatEachIndex}`;

function statusOf(test: TestCase): Status {
  if (!hasEnded(test)) return 'not run';
  const statuses = { expected: 'passed', unexpected: 'failed', flaky: 'flaky', skipped: 'skipped' } as const;
  return statuses[test.outcome()];
}
