import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { isHarnessFault } from '../../../e2e/report/harness-fault.ts';
import { headline } from '../../../e2e/report/headline.ts';
import { mutated, type Mutant } from '../../../fleet/build/mutants.ts';
import type { Engine } from '../../../fleet/engines/shared/engine.ts';
import { exitCodes, HarnessError, ProductFailed } from '../../../fleet/errors.ts';
import { repositoryRoot } from '../../../fleet/root.ts';
import type { Regression } from '../../../fixtures/regression.ts';
import { interruption } from '../../command/interruption.ts';
import { progress } from '../../command/run-command.ts';
import { listedTests } from '../../runner/listed-tests.ts';
import { workerCount } from '../../runner/worker-count.ts';
import { writeJson } from '../../runner/reports.ts';
import { workThrough } from '../../command/work-through.ts';
import { specsOn } from '../prove-regression.ts';
import { allMutants, chooseMutants, type MutantChoice, type PlannedMutant } from './choose-mutants.ts';
import { claimedLinesIn, recordedReach, testPlace, testsFor, type ReachingTest } from './reach.ts';
import { relationTo } from './relation.ts';

/** How many tests are run against a mutant of a sample. One that is named by its id is tried with all that reach it. */
const testsOfSample = 30;
const reports = 'reports/prove-mutants';

/** `prove --mutants`: how many small changes to the apps does the suite notice? Survivors do not change the exit code. */
export async function proveMutants(
  engine: Engine,
  {
    list,
    jobs,
    regressions,
    ...choice
  }: MutantChoice & { list: boolean; jobs: number | undefined; regressions: readonly Regression[] },
): Promise<number> {
  if (!engine.capabilities.has('builds')) {
    throw new HarnessError(`The ${engine.name} engine cannot record which tests reach what. Leave --engine out.`);
  }
  const all = await allMutants(engine.apps);
  const chosen = chooseMutants(all, choice);
  if (list) {
    for (const { mutant } of chosen) console.log(describeMutant(mutant));
    return exitCodes.passed;
  }
  const byFile = Map.groupBy(all, ({ mutant: { file } }) => file);
  const tests = await listedTests();
  const reach = await recordedReach(engine, tests);
  const byPlace = Map.groupBy(tests, testPlace);
  const testsAtOnce = jobs ?? Math.ceil(workerCount(engine.name, Infinity) / 2);
  const findings: MutantFinding[] = [];
  await workThrough(chosen, {
    atOnce: testsAtOnce,
    nameOf: ({ mutant }) => mutant.id,
    work: async (planned) => {
      const finding = await tryMutant(engine, planned, {
        reaching: testsFor(
          planned.mutant,
          new Set(byFile.get(planned.mutant.file)?.map(({ mutant: { id } }) => id)),
          reach,
          claimedLinesIn(planned.mutant.file, tests, regressions),
          relationTo(planned.mutant, tests),
        ),
        most: choice.only.includes(planned.mutant.id) ? Infinity : testsOfSample,
        idsAt: (place) => byPlace.get(place)?.map(({ id: test }) => test) ?? [],
        testsAtOnce,
      });
      findings.push(finding);
      // Written after each, also for an interrupted run.
      writeJson(join(repositoryRoot, reports, 'mutation.json'), findings.map(reported));
      progress(`${describeMutant(planned.mutant)}: ${finding.verdict}, ${finding.message}`);
    },
  });
  return conclude(findings);
}

/** What the suite says about a mutant. `not run`: nothing, because the harness failed. */
interface MutantFinding {
  planned: PlannedMutant;
  verdict: 'caught' | 'missed' | 'not run';
  /** Which test failed and what it said, how many passed, or why the mutant was not run. */
  message: string;
}

interface Trial {
  /** The likeliest to notice it first. */
  reaching: readonly ReachingTest[];
  /** How many of them run. */
  most: number;
  idsAt: (place: string) => readonly string[];
  testsAtOnce: number;
}

/** Runs tests on a fleet with a mutant until one fails. An app that does not start is a failure as well. */
async function tryMutant(
  engine: Engine,
  planned: PlannedMutant,
  { reaching, most, idsAt, testsAtOnce }: Trial,
): Promise<MutantFinding> {
  const tests = reaching.slice(0, most);
  const finding = (verdict: MutantFinding['verdict'], message: string): MutantFinding => ({
    planned,
    verdict,
    message,
  });
  const { id } = planned.mutant;
  const itsReports = join(reports, id);
  try {
    await using fleet = await engine.up({ changes: [planned.change], signal: interruption });
    const { tests: outcomes } = await specsOn(fleet, itsReports, {
      // A failure counts when it comes twice: on a busy machine a test may fail by chance.
      args: ['--max-failures=1', '--retries=1', '--trace=off'],
      tests: tests.flatMap(({ test }) => idsAt(test)),
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
    rmSync(join(repositoryRoot, itsReports), { recursive: true, force: true });
  }
}

function conclude(findings: readonly MutantFinding[]): number {
  const having = (verdict: MutantFinding['verdict']) => findings.filter((finding) => finding.verdict === verdict);
  for (const finding of having('missed')) console.log(`${describeSurvivor(finding)}\n`);
  const notRun = having('not run');
  for (const { planned, message } of notRun) console.log(`not run ${describeMutant(planned.mutant)}: ${message}`);
  console.log(
    `${having('caught').length} of ${findings.length} mutants caught, ${having('missed').length} missed, ` +
      `${notRun.length} not run. Report: ${reports}/mutation.json`,
  );
  return notRun.length > 0 ? exitCodes.harnessFailed : exitCodes.passed;
}

export const reported = ({ planned: { mutant }, verdict, message }: MutantFinding) => ({ ...mutant, verdict, message });

const describeMutant = ({ id, file, start: { line }, mutator }: Mutant): string => `${id}  ${file}:${line} ${mutator}`;

/** A survivor: where it is, what it changes as a diff, and the command that runs every test that reaches it. */
export function describeSurvivor({ planned: { mutant }, message }: MutantFinding): string {
  const content = readFileSync(join(repositoryRoot, mutant.file), 'utf8');
  const patch = createTwoFilesPatch('', '', content, mutated(content, mutant), '', '', { context: 1 });
  const changed = patch.slice(patch.indexOf('@@')).split('\n');
  return [
    `missed ${describeMutant(mutant)}: ${message}`,
    ...changed.filter(Boolean).map((line) => `    ${line}`),
    `    npm run prove -- --mutants ${mutant.id}`,
  ].join('\n');
}
