import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { FullConfig, FullResult, Reporter, Suite, TestCase, TestResult } from '@playwright/test/reporter';
import { engineInUse, missingIn } from '../engine-in-use.ts';
import { isHarnessFault } from './harness-fault.ts';
import { hasEnded, outcomeOf, type TestOutcome } from './outcome.ts';
import { runRequest } from '../run-request.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';

/** The result of a run; `npm run e2e` turns it into an exit code. */
export interface RunVerdict {
  passed: number;
  failed: number;
  skipped: number;
  /** Failures caused by the harness and not by the product; included in `failed`. */
  harnessFaults: number;
  /** Errors outside of any test: a spec that does not load, a global setup that throws. */
  errors: string[];
}

/** What the suite's reporter writes: the verdict and its tests. */
export interface RunRecord extends RunVerdict {
  tests: TestOutcome[];
  /** Sentences about tests that were skipped although the engine could run them, or the other way round. */
  unexpectedSkips: string[];
}

export function verdictOn(tests: readonly TestCase[], errors: string[]) {
  const of = (outcome: ReturnType<TestCase['outcome']>) => tests.filter((test) => test.outcome() === outcome);
  const [failed, skipped] = [of('unexpected'), of('skipped')];
  const verdict: RunVerdict = {
    passed: of('expected').length,
    failed: failed.length,
    skipped: skipped.length,
    harnessFaults: failed.filter((test) => hasHarnessFault(test.results.at(-1))).length,
    errors,
  };
  return { failed, skipped, verdict };
}

/**
 * The verdict on a run. Tests without a result were not skipped: the run ended before them. If it was interrupted, an
 * error says how many there are.
 */
export function verdictOnRun(tests: readonly TestCase[], errors: readonly string[], status: FullResult['status']) {
  const counted = tests.filter(hasEnded);
  const left = tests.length - counted.length;
  // In all other cases the runner reports an error itself.
  const isInterrupted = status === 'interrupted' || status === 'timedout';
  const early =
    left > 0 ? [`The run ${isInterrupted ? `was ${status}` : 'ended early'}, so that ${left} tests did not end.`] : [];
  return { ...verdictOn(counted, [...errors, ...(isInterrupted ? early : [])]), early, isWhole: left === 0 };
}

/** Prints the verdict of the run, and ends with the plain line `N passed, N failed, N skipped`. */
export default class VerdictReporter implements Reporter {
  readonly #file: string;
  readonly #errors: string[] = [];
  #suite: Suite | undefined;

  constructor(options: { file: string }) {
    this.#file = options.file;
  }

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#suite = suite;
  }

  onError(error: { message?: string }): void {
    this.#errors.push(error.message ?? 'unknown error');
  }

  onEnd(result: FullResult): void {
    const tests = this.#suite?.allTests() ?? [];
    const { skipped, verdict, early, isWhole } = verdictOnRun(tests, this.#errors, result.status);
    const outcomes = tests.map(outcomeOf);
    const unexpectedSkips = isWhole ? findUnexpectedSkips(outcomes, engineInUse()) : [];
    const record: RunRecord = { ...verdict, tests: outcomes, unexpectedSkips };
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, JSON.stringify(record, null, 2));

    for (const [why, its] of Map.groupBy(skipped, reason)) console.log(`${its.length} not run: ${why}`);
    if (unexpectedSkips.length > 0)
      console.log(
        `\nTests that should run or skip, and did not:\n${unexpectedSkips.map((one) => `  ${one}`).join('\n')}`,
      );
    for (const sentence of early) console.log(`\n${sentence}`);
    const tail = verdict.skipped > 0 ? `, ${verdict.skipped} skipped` : '';
    const { stale, scope } = runRequest;
    if (scope !== '') console.log(`\n${scope}`);
    const older = stale.length > 0 ? `, on a fleet that is older than this repository: ${stale.join(', ')}` : '';
    console.log(`\n${verdict.passed} passed, ${verdict.failed} failed${tail}${older}`);
  }
}

const reason = (test: TestCase): string =>
  test.annotations.find((annotation) => annotation.type === 'skip')?.description ?? 'no reason given';

const hasHarnessFault = (result: TestResult | undefined): boolean =>
  result?.errors.some(({ message = '' }) => isHarnessFault(stripVTControlCharacters(message))) ?? false;

/** Finds tests that are skipped or run contrary to the capabilities of the engine. @returns sentences. */
export function findUnexpectedSkips(
  tests: readonly TestOutcome[],
  engine: Pick<Engine, 'name' | 'capabilities'>,
): string[] {
  return tests.flatMap(({ spec, title, status, needs = [] }) => {
    const missing = missingIn(engine, needs);
    if (status === 'skipped' && missing.length === 0) {
      return [
        `e2e/${spec}: "${title}" was skipped although the ${engine.name} engine has all that it needs. ` +
          'Let it run, or name in its `needs` what it needs of the engine.',
      ];
    }
    if (status !== 'skipped' && missing.length > 0) {
      return [
        `e2e/${spec}: "${title}" ran although the ${engine.name} engine cannot: ${missing.join(', ')}. ` +
          'Correct its `needs`, or fleet/engines/shared/capabilities.ts.',
      ];
    }
    return [];
  });
}
