import { join } from 'node:path';
import { missingIn } from '../../e2e/engine-in-use.ts';
import type { RunRecord } from '../../e2e/report/verdict.ts';
import type { Regression } from '../../fixtures/regression.ts';
import type { Engine, Fleet, FleetOptions } from '../../fleet/engines/shared/engine.ts';
import { HarnessError, ProductFailed } from '../../fleet/errors.ts';
import { judge, judged, judgeStart, type RegressionFinding } from './kill-matrix.ts';
import { claiming } from '../runner/changed.ts';
import { runSpecs, type RunnerOptions } from '../runner/runner.ts';

interface Proof {
  reports: string;
  testsAtOnce: number;
  fleet: FleetOptions;
}

/** Runs the specs that claim a regression on a fleet that has it. */
export async function proveRegression(
  engine: Engine,
  regression: Regression,
  { reports, testsAtOnce, fleet: options }: Proof,
): Promise<RegressionFinding> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const missing = missingIn(engine, regression.needs);
  if (missing.length > 0) {
    const message = `the ${engine.name} engine cannot: ${missing.join(', ')}`;
    return { ...judged(regression, 'not applicable', ['', message]), seconds: 0 };
  }
  try {
    await using fleet = await engine.up(options);
    const { tests } = await specsOn(fleet, join(reports, regression.name), {
      // Every test fails, and its message is the evidence.
      args: [...claiming([regression]), '--trace=off'],
      failuresExpected: true,
      testsAtOnce,
    });
    return { ...judge(regression, tests, engine), seconds: seconds() };
  } catch (error) {
    if (error instanceof ProductFailed) return { ...judgeStart(regression, error.message), seconds: seconds() };
    if (!(error instanceof HarnessError)) throw error;
    return { ...judged(regression, 'not run', ['', error.message]), seconds: seconds() };
  }
}

/** Runs specs without their output. @throws HarnessError when they do not load. */
export async function specsOn(
  fleet: Fleet,
  reports: string,
  options: Pick<RunnerOptions, 'args' | 'tests' | 'failuresExpected' | 'testsAtOnce'>,
): Promise<RunRecord> {
  const record = await runSpecs([fleet], { ...options, reports, quiet: true });
  // A regression without a claiming test gets a verdict, and `--max-failures` does what it says; specs that do not load
  // are an error.
  const fault = record.errors.find((message) => !/No tests found|Testing stopped early/.test(message));
  if (fault) throw new HarnessError(`The specs do not run: ${fault.split('\n')[0]} See: npm run check`);
  return record;
}

/** Runs specs on a clean fleet. @returns a line for each test that failed, or was skipped or ran unexpectedly. */
export async function falseAlarms(
  clean: Fleet,
  { reports, ...options }: Pick<RunnerOptions, 'args' | 'reports'>,
): Promise<{ tests: number; alarms: string[] }> {
  const { tests, unexpectedSkips } = await specsOn(clean, reports, options);
  const failed = tests
    .filter(({ status }) => status === 'failed')
    .map(({ spec, title, message }) => `${spec}: "${title}": ${message.split('\n')[0]}`);
  return { tests: tests.length, alarms: [...failed, ...unexpectedSkips] };
}
