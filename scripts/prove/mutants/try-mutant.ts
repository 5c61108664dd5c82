import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isHarnessFault } from '../../../e2e/report/harness-fault.ts';
import { headline } from '../../../e2e/report/headline.ts';
import type { Engine } from '../../../fleet/engines/shared/engine.ts';
import { HarnessError, ProductFailed } from '../../../fleet/errors.ts';
import { repositoryRoot } from '../../../fleet/root.ts';
import { interruption } from '../../command/interruption.ts';
import { specsOn } from '../prove-regression.ts';
import type { PlannedMutant } from './choose-mutants.ts';
import { testPlace, type ReachingTest } from './reach.ts';

/** What the suite says about a mutant. `not run`: nothing, because the harness failed. */
export interface MutantFinding {
  planned: PlannedMutant;
  verdict: 'caught' | 'missed' | 'not run';
  /** Which test failed and what it said, how many passed, or why the mutant was not run. */
  message: string;
}

/** Runs tests on a fleet with a mutant until one fails. An app that does not start is a failure as well. */
export async function tryMutant(
  engine: Engine,
  planned: PlannedMutant,
  { reaching, most, testsAtOnce }: { reaching: readonly ReachingTest[]; most: number; testsAtOnce: number },
): Promise<MutantFinding> {
  const tests = reaching.slice(0, most).map(({ test }) => test);
  const finding = (verdict: MutantFinding['verdict'], message: string): MutantFinding => ({
    planned,
    verdict,
    message,
  });
  const { id } = planned.mutant;
  const reports = join('reports/prove-mutants', id);
  try {
    await using fleet = await engine.up({ changes: [planned.change], signal: interruption });
    const { tests: outcomes } = await specsOn(fleet, reports, {
      args: [...tests.map((test) => `e2e/${test}`), '--max-failures=1', '--trace=off'],
      testsAtOnce,
    });
    const failed = outcomes.find(({ status }) => status === 'failed');
    if (!failed) {
      const passed = outcomes.filter(({ status }) => status === 'passed').length;
      const others = reaching.length - tests.length;
      return passed > 0
        ? finding('missed', `${passed} tests passed${others > 0 ? `, and ${others} more reach it` : ''}`)
        : finding('not run', 'none of the tests that reach it ran');
    }
    // On a fleet whose harness has died each test fails.
    await fleet.pods();
    const fault = failed.harnessFault ?? (isHarnessFault(failed.message) ? failed.message : undefined);
    return fault === undefined
      ? finding('caught', `${testPlace(failed)}: ${headline(failed.message)}`)
      : finding('not run', headline(fault));
  } catch (error) {
    interruption.throwIfAborted();
    if (error instanceof ProductFailed)
      return finding('caught', `the fleet does not start: ${headline(error.message)}`);
    if (error instanceof HarnessError) return finding('not run', headline(error.message));
    throw error;
  } finally {
    rmSync(join(repositoryRoot, reports), { recursive: true, force: true });
  }
}
