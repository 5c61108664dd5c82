// `npm run mutate`: mutation testing. How many small changes to the apps and to what is deployed do the tests notice?
import { readFolders } from '../fleet/build/sources.ts';
import { engineOf } from '../fleet/engines/engines.ts';
import { duration } from '../fleet/duration.ts';
import { exitCodes, HarnessError } from '../fleet/errors.ts';
import { repositoryRoot } from '../fleet/root.ts';
import { fromCallersFolder } from './command/callers-folder.ts';
import { commandLine, percentage, positiveNumber } from './command/command-line.ts';
import { interruption } from './command/interruption.ts';
import { allMutants, type Candidate } from './mutate/all-mutants.ts';
import { choose } from './mutate/choose.ts';
import { equivalents, outdated } from './mutate/equivalent.ts';
import { tryOnFleets, type Trial } from './mutate/on-fleets.ts';
import { openManifestRules } from './mutate/manifest-rules.ts';
import { describe, readFindings, summaryTable, writeReport } from './mutate/report.ts';
import { specCoverage } from './mutate/spec-coverage.ts';
import { openUnitTests } from './mutate/unit-tests.ts';
import { isKilled, percent, scoreOf, verdictOf, type Finding } from './mutate/verdict.ts';
import { filesChangedSince } from './prove/changed-since.ts';
import { parseShard, type Shard } from './prove/shard.ts';
import { checkReports } from './runner/reports.ts';
import { progress, runCommand } from './command/run-command.ts';
import { workerCount } from './runner/worker-count.ts';

const program = commandLine('mutate')
  .description(
    'Mutation testing: changes the apps and their manifests in small ways, one at a time, and checks that a rule, a unit ' +
      'test or a spec on a fleet fails.',
  )
  .option('--files <patterns...>', 'only mutants of these files, folders or glob patterns')
  .option('--since <ref>', 'only mutants of files that differ from this commit')
  .option('--sample <n>', 'only so many of them, chosen at random', positiveNumber)
  .option('--seed <n>', 'of the sample', positiveNumber, 1)
  .option('--shard <i/n>', 'only the i-th of n parts', parseShard)
  .option('--mutant <ids...>', 'only these, whose ids --list prints')
  .option('--no-specs', 'only rules and unit tests, which need no fleet')
  .option('--no-unit-tests', 'leave out unit tests and rules, to learn what the specs notice alone')
  .option('--tests <n>', 'at most so many tests of the suite against one mutant, the likely ones first', positiveNumber)
  .option('--record', 'record anew which tests reach which mutants')
  .option('--jobs <n>', 'how many fleets at once; default: by cores and memory', positiveNumber)
  .option('--report <folder>', 'where the report goes', fromCallersFolder, 'reports/mutation')
  .option(
    '--merge <findings...>',
    'make one report of these findings.json files, of parts or of kinds of tests, and stop',
  )
  .option('--at-least <percent>', 'exit with 1 when fewer are killed', percentage)
  .option('--list', 'print the mutants and stop')
  .addHelpText(
    'after',
    `
The report: reports/mutation/index.html, mutation.json (https://github.com/stryker-mutator/mutation-testing-elements).
Exit codes: 0 the mutants were tried, 1 fewer killed than --at-least, 2 the harness failed, 77 cannot run here, or has nothing to try.`,
  )
  .parse();
const options = program.opts<{
  files?: string[];
  since?: string;
  sample?: number;
  seed: number;
  shard?: Shard;
  mutant?: string[];
  specs: boolean;
  unitTests: boolean;
  tests?: number;
  record?: true;
  jobs?: number;
  report: string;
  merge?: string[];
  atLeast?: number;
  list?: true;
}>();

const engine = engineOf('local');

await runCommand(async () => {
  if (options.merge) return conclude(readFindings(options.merge.map(fromCallersFolder)));
  const folders = await readFolders(repositoryRoot);
  const all = await allMutants(folders);
  const wrong = outdated(
    equivalents,
    all.map(({ mutant }) => mutant),
  );
  if (wrong.length > 0) throw new HarnessError(`scripts/mutate/equivalent.ts is outdated:\n  ${wrong.join('\n  ')}`);
  const changed = options.since === undefined ? undefined : await filesChangedSince(options.since);
  const chosen = choose(all, { ...options, changed });
  if (chosen.length === 0 && (options.files ?? options.mutant)) {
    throw new HarnessError('No mutant matches --files and --mutant. See: npm run mutate -- --list');
  }
  if (options.list) {
    for (const { mutant } of chosen) console.log(describe(mutant));
    return exitCodes.passed;
  }
  if (chosen.length === 0) {
    progress('No mutant is chosen, so there is nothing to try. See: npm run mutate -- --list');
    return exitCodes.cannotRunHere;
  }
  checkReports();
  const trials = chosen.map((candidate): Trial => ({ candidate, finding: newFinding(candidate) }));
  if (options.unitTests) await tryWithoutFleet(trials);
  const left = trials.filter(({ finding }) => ['survived', 'not run'].includes(verdictOf(finding)));
  if (options.specs && left.length > 0) await trySpecs(left, all, trials);
  return conclude(findingsOf(trials));
});

function newFinding({ mutant }: Candidate): Finding {
  const entry = equivalents.find(({ id }) => id === mutant.id);
  return { mutant, outcomes: {}, seconds: 0, ...(entry ? { equivalent: entry.reason } : {}) };
}

function secondsSince(begin: number): number {
  return (performance.now() - begin) / 1000;
}

/** What needs no fleet: the rules for mutants of manifests, and unit tests for those of sources. */
async function tryWithoutFleet(trials: readonly Trial[]): Promise<void> {
  const sources = trials.filter(({ candidate }) => candidate.family === 'source');
  const manifests = trials.filter(({ candidate }) => candidate.family === 'manifest');
  const check = await openManifestRules();
  for (const { candidate, finding } of manifests) {
    const outcome = check(candidate.change);
    if (outcome) finding.outcomes.rule = outcome;
  }
  if (manifests.length > 0)
    progress(`Rules: ${killedOf(manifests)} of ${manifests.length} mutants of manifests killed`);
  if (sources.length === 0) return;
  progress(`Unit tests against ${sources.length} mutants …`);
  await using unitTests = await openUnitTests();
  for (const [index, { candidate, finding }] of sources.entries()) {
    interruption.throwIfAborted();
    const begin = performance.now();
    const outcome = await unitTests.test(candidate.mutant);
    if (outcome) finding.outcomes['unit test'] = outcome;
    finding.seconds += secondsSince(begin);
    if ((index + 1) % 50 > 0) continue;
    writeReport(options.report, findingsOf(trials));
    progress(`  ${index + 1} of ${sources.length}, ${killedOf(sources)} killed`);
  }
  progress(`Unit tests: ${killedOf(sources)} of ${sources.length} mutants of sources killed`);
}

function findingsOf(trials: readonly Trial[]): Finding[] {
  return trials.map(({ finding }) => finding);
}

function killedOf(trials: readonly Trial[]): number {
  return trials.filter(({ finding: { outcomes } }) => Object.values(outcomes).some(isKilled)).length;
}

/** What the specs say, written down after each mutant, also for an interrupted run. */
async function trySpecs(left: readonly Trial[], all: readonly Candidate[], trials: readonly Trial[]): Promise<void> {
  const mutants = all.map(({ mutant }) => mutant);
  const jobs = options.jobs ?? Math.ceil(workerCount(engine.name, Infinity) / 2);
  const ids = mutants.map(({ id }) => id);
  const coverage = await specCoverage(engine, ids, { anew: options.record, workers: options.jobs });
  const begin = performance.now();
  const done = new Set<Trial>();
  await tryOnFleets(left, {
    engine,
    mutants,
    coverage,
    jobs,
    most: options.tests,
    onTried: (trial) => {
      done.add(trial);
      writeReport(options.report, findingsOf(trials));
      const minutes = Math.ceil(((secondsSince(begin) / done.size) * (left.length - done.size)) / 60);
      const says = sayOutcome(trial.finding);
      progress(`[${done.size}/${left.length}] ${describe(trial.candidate.mutant)}: ${says}; about ${minutes} min left`);
    },
  });
}

function sayOutcome({ outcomes: { spec }, seconds }: Finding): string {
  if (!spec) return '';
  if (spec.result === 'survived') return `survived ${spec.tests} tests in ${duration(seconds * 1000)}`;
  if (spec.result === 'not run') return `not run: ${spec.message}`;
  return `${spec.result} by ${spec.killer} in ${duration(seconds * 1000)}`;
}

function conclude(findings: readonly Finding[]): number {
  writeReport(options.report, findings);
  const survivors = findings.filter((finding) => verdictOf(finding) === 'survived');
  for (const { mutant } of survivors) console.log(`survived ${describe(mutant)}`);
  console.log(summaryTable(findings));
  const { mutants, killed, triedBySpecs, killedBySpecs } = scoreOf(findings);
  console.log(
    `${killed} of ${mutants} mutants killed (${percent(killed, mutants)}). Specs were run against ${triedBySpecs} of ` +
      `them and killed ${killedBySpecs} (${percent(killedBySpecs, triedBySpecs)}). Report: ${options.report}/index.html`,
  );
  return options.atLeast !== undefined && 100 * killed < options.atLeast * mutants
    ? exitCodes.productFailed
    : exitCodes.passed;
}
