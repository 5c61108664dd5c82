import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { FullResult, Reporter, Suite, TestCase } from '@playwright/test/reporter';
import { runRequest } from '../run-request.ts';
import { hasEnded } from './outcome.ts';

/**
 * When a run is stopped, Playwright counts tests that did not start as skipped, and `--last-failed` omits the one that
 * was running. This reporter annotates these tests in junit.xml and results.json, and adds them to `--last-failed`. It
 * must come before the reporters that write these files.
 */
export default class NotRunReporter implements Reporter {
  readonly #lastRun = runRequest.lastFailedFile;
  #suite: Suite | undefined;

  onBegin(_config: unknown, suite: Suite): void {
    this.#suite = suite;
  }

  onEnd({ status }: FullResult): void {
    const description = `The run ended before this test did (${status}).`;
    for (const { annotations } of this.#notEnded()) annotations.push({ type: 'not run', description });
  }

  /** Runs after Playwright has written its file. */
  onExit(): Promise<void> {
    const interrupted = this.#notEnded().filter(({ results }) => results.length > 0);
    if (this.#lastRun !== undefined && interrupted.length > 0 && existsSync(this.#lastRun)) {
      const last = JSON.parse(readFileSync(this.#lastRun, 'utf8')) as { failedTests: string[] };
      const failedTests = [...new Set([...last.failedTests, ...interrupted.map(({ id }) => id)])];
      writeFileSync(this.#lastRun, JSON.stringify({ ...last, failedTests }, null, 2));
    }
    return Promise.resolve();
  }

  printsToStdio(): boolean {
    return false;
  }

  #notEnded(): TestCase[] {
    return this.#suite?.allTests().filter((test) => !hasEnded(test)) ?? [];
  }
}
