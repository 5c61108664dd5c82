import { duration } from '../../fleet/duration.ts';
import type { Reporter, TestCase, TestResult, TestStep } from '@playwright/test/reporter';

/** Prints the time from the command to the first assertion of a test, including fleet, runner and browser. */
export default class FirstAssertionReporter implements Reporter {
  readonly #since: number;
  #at: number | undefined;

  /** `since`: the start of the command, in milliseconds since 1970; without it nothing is printed. */
  constructor({ since }: { since?: string | undefined }) {
    this.#since = Number(since);
  }

  onStepBegin(_test: TestCase, _result: TestResult, { category, startTime }: TestStep): void {
    if (category === 'expect') this.#at ??= startTime.getTime();
  }

  onEnd(): void {
    if (this.#at === undefined || !this.#since) return;
    console.log(`\nFirst assertion after ${duration(this.#at - this.#since)}.`);
  }

  printsToStdio(): boolean {
    return true;
  }
}
