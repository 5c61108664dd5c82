import { duration } from '../../fleet/duration.ts';
import { runRequest } from '../run-request.ts';
import type { Reporter, TestCase, TestResult, TestStep } from '@playwright/test/reporter';

/** Prints the time from the command to the first assertion of a test, including fleet, runner and browser. */
export default class FirstAssertionReporter implements Reporter {
  #at: number | undefined;

  onStepBegin(_test: TestCase, _result: TestResult, { category, startTime }: TestStep): void {
    if (category === 'expect') this.#at ??= startTime.getTime();
  }

  onEnd(): void {
    const { since } = runRequest;
    if (this.#at === undefined || since === undefined) return;
    console.log(`\nFirst assertion after ${duration(this.#at - since)}.`);
  }
}
