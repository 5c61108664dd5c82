import type { Reporter, TestCase, TestResult, TestStep } from '@playwright/test/reporter';

/** Says how long it took from the command to the first assertion that a test made: fleet, runner and browser included. */
export default class FirstAssertionReporter implements Reporter {
  readonly #since: number;
  #at: number | undefined;

  /** `since`: when the command began, in milliseconds since 1970; nothing is said without it. */
  constructor({ since }: { since?: string | undefined }) {
    this.#since = Number(since);
  }

  onStepBegin(_test: TestCase, _result: TestResult, { category, startTime }: TestStep): void {
    if (category === 'expect') this.#at ??= startTime.getTime();
  }

  onEnd(): void {
    if (this.#at === undefined || !this.#since) return;
    console.log(`\nFirst assertion ${((this.#at - this.#since) / 1000).toFixed(1)} s after the command.`);
  }

  printsToStdio(): boolean {
    return true;
  }
}
