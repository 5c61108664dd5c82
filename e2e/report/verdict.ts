import { stripVTControlCharacters } from 'node:util';
import type { FullResult, TestCase } from '@playwright/test/reporter';
import { missingIn } from '../engine-in-use.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { runRequest } from '../run-request.ts';
import { isHarnessFault } from './harness-fault.ts';
import { hasEnded, type TestOutcome } from './outcome.ts';

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
  /** Sentences about tests that were skipped although the engine could run them. */
  unexpectedSkips: string[];
}

/**
 * The verdict on a run. Tests without a result were not skipped: the run ended before them, of which `early` is a sentence.
 * If it was interrupted, that is an error.
 */
export function verdictOn(
  tests: readonly TestCase[],
  errors: readonly string[],
  status: FullResult['status'],
): { verdict: RunVerdict; early: string | undefined } {
  const ended = tests.filter(hasEnded);
  const of = (outcome: ReturnType<TestCase['outcome']>) => ended.filter((test) => test.outcome() === outcome);
  const failed = of('unexpected');
  const left = tests.length - ended.length;
  // In all other cases the runner reports an error itself.
  const isInterrupted = status === 'interrupted' || status === 'timedout';
  const how = isInterrupted ? `was ${status}` : 'ended early';
  const early = left > 0 ? `The run ${how}, so that ${left} tests did not end.` : undefined;
  const verdict = {
    passed: of('expected').length,
    failed: failed.length,
    skipped: of('skipped').length,
    harnessFaults: failed.filter(hasHarnessFault).length,
    errors: [...errors, ...(isInterrupted && early ? [early] : [])],
  };
  return { verdict, early };
}

const hasHarnessFault = ({ results }: TestCase): boolean =>
  results.at(-1)?.errors.some(({ message = '' }) => isHarnessFault(stripVTControlCharacters(message))) ?? false;

/** Prints what a run came to, and ends with the plain line `N passed, N failed, N skipped`. */
export function printVerdict(
  { passed, failed, skipped, unexpectedSkips }: RunRecord,
  tests: readonly TestCase[],
  early: string | undefined,
): void {
  const notRun = tests.filter((test) => hasEnded(test) && test.outcome() === 'skipped');
  for (const [why, its] of Map.groupBy(notRun, reason)) console.log(`${its.length} not run: ${why}`);
  if (unexpectedSkips.length > 0)
    console.log(`\nTests that should run, and did not:\n${unexpectedSkips.map((one) => `  ${one}`).join('\n')}`);
  const { stale, scope } = runRequest;
  for (const sentence of [early, scope]) if (sentence) console.log(`\n${sentence}`);
  const tail = skipped > 0 ? `, ${skipped} skipped` : '';
  const older = stale.length > 0 ? `, on a fleet that is older than this repository: ${stale.join(', ')}` : '';
  console.log(`\n${passed} passed, ${failed} failed${tail}${older}`);
}

const reason = (test: TestCase): string =>
  test.annotations.find((annotation) => annotation.type === 'skip')?.description ?? 'no reason given';

/** Finds tests that are skipped although the engine has what they need. @returns sentences. */
export const findUnexpectedSkips = (
  tests: readonly TestOutcome[],
  engine: Pick<Engine, 'name' | 'capabilities'>,
): string[] =>
  tests
    .filter(
      ({ status, needs, isNotApplicable }) =>
        status === 'skipped' && !isNotApplicable && missingIn(engine, needs).length === 0,
    )
    .map(
      ({ spec, title }) =>
        `e2e/${spec}: "${title}" was skipped although the ${engine.name} engine has all that it needs. ` +
        'Let it run, or name in its `needs` what it needs of the engine.',
    );
