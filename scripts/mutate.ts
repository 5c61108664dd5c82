// `npm run mutate`: mutation testing. How many small changes to the apps and to what is deployed do the tests notice?
import type { Mutant } from '../fleet/build/mutants.ts';
import { readFolders } from '../fleet/build/sources.ts';
import { engineOf } from '../fleet/engines/engines.ts';
import { duration } from '../fleet/duration.ts';
import { CannotRunHere, exitCodes, HarnessError } from '../fleet/errors.ts';
import { repositoryRoot } from '../fleet/root.ts';
import { fromCallersFolder } from './command/callers-folder.ts';
import { commandLine, nonEmpty, percentage, positiveNumber } from './command/command-line.ts';
import { interruption } from './command/interruption.ts';
import { allMutants, type Candidate } from './mutate/all-mutants.ts';
import { choose, narrowedBy, refuseUnknown } from './mutate/choose.ts';
import { equivalents, outdated } from './mutate/equivalent.ts';
import { tryOnFleets, type Trial } from './mutate/on-fleets.ts';
import { gate } from './mutate/gate.ts';
import { openManifestRules } from './mutate/manifest-rules.ts';
import {
  describe,
  earlierFindings,
  merged,
  readFindings,
  summaryTable,
  writeFindings,
  writeReport,
} from './mutate/report.ts';
import { specCoverage } from './mutate/spec-coverage.ts';
import { openUnitTests } from './mutate/unit-tests.ts';
import { isKilled, percent, scoreOf, verdictOf, type Finding } from './mutate/verdict.ts';
import { filesChangedSince } from './prove/changed-since.ts';
import { parseShard, type Shard } from './prove/shard.ts';
import { withOwnReports } from './runner/own-reports.ts';
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
  .option('--mutant <ids...>', 'only these, whose ids --list prints; the report keeps the others that it has')
  .option('--no-specs', 'only rules and unit tests, which need no fleet')
  .option('--no-unit-tests', 'leave out unit tests and rules, to learn what the specs notice alone')
  .option('--tests <n>', 'at most so many tests of the suite against one mutant, the likely ones first', positiveNumber)
  .option('--record', 'record anew which tests reach which mutants')
  .option('--jobs <n>', 'how many fleets at once; default: by cores and memory', positiveNumber)
  .option('--report <folder>', 'where the report goes', (text) => fromCallersFolder(nonEmpty(text)), 'reports/mutation')
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
Exit codes: 0 the mutants were tried; 1 fewer killed than --at-least, where one that no test was tried against is not killed;
2 the harness failed, with --at-least also for one of the mutants; 77 cannot run here, has nothing to try, or no mutant counts.`,
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
  if (!options.specs && !options.unitTests) {
    throw new HarnessError('--no-specs and --no-unit-tests together leave no test to run. Leave one of them out.');
  }
  if (options.merge) {
    const findings = readFindings(options.merge.map(fromCallersFolder));
    writeReport(options.report, findings);
    return conclude(findings);
  }
  const folders = await readFolders(repositoryRoot);
  const all = await allMutants(folders);
  const mutants = all.map(({ mutant }) => mutant);
  const wrong = outdated(equivalents, mutants);
  if (wrong.length > 0) throw new HarnessError(`scripts/mutate/equivalent.ts is outdated:\n  ${wrong.join('\n  ')}`);
  const changed = options.since === undefined ? undefined : await filesChangedSince(options.since);
  const choice = { ...options, changed };
  refuseUnknown(all, choice);
  const chosen = choose(all, choice);
  if (options.list) {
    for (const { mutant } of chosen) console.log(describe(mutant));
    return exitCodes.passed;
  }
  if (chosen.length === 0) {
    const by = narrowedBy(choice);
    throw new CannotRunHere(`No mutant is chosen by ${by}, so there is nothing to try. See: npm run mutate -- --list`);
  }
  checkReports();
  return await withOwnReports(options.report, 'Wait until it has ended, or use another folder: --report <folder>', () =>
    tryAll(chosen, mutants),
  );
});

async function tryAll(chosen: readonly Candidate[], mutants: readonly Mutant[]): Promise<number> {
  // One mutant that is tried again must not replace the report of a night.
  const earlier = options.mutant ? earlierFindings(options.report, mutants) : [];
  const trials = chosen.map((candidate): Trial => ({ candidate, finding: newFinding(candidate) }));
  const known = () => merged([...earlier, ...findingsOf(trials)]);
  const keep = () => writeFindings(options.report, known());
  if (options.unitTests) await tryWithoutFleet(trials, keep);
  const left = trials.filter(({ finding }) => ['survived', 'not run'].includes(verdictOf(finding)));
  if (options.specs && left.length > 0) await trySpecs(left, mutants, keep);
  writeReport(options.report, known());
  return conclude(findingsOf(trials));
}

function newFinding({ mutant }: Candidate): Finding {
  const entry = equivalents.find(({ id }) => id === mutant.id);
  return { mutant, outcomes: {}, seconds: 0, ...(entry ? { equivalent: entry.reason } : {}) };
}

function secondsSince(begin: number): number {
  return (performance.now() - begin) / 1000;
}

/**
 * What needs no fleet: the rules for mutants of manifests, and unit tests for those of sources.
 * @param keep writes down what is known, also for an interrupted run.
 */
async function tryWithoutFleet(trials: readonly Trial[], keep: () => void): Promise<void> {
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
    keep();
    if ((index + 1) % 10 === 0) progress(`  ${index + 1} of ${sources.length}, ${killedOf(sources)} killed`);
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
async function trySpecs(left: readonly Trial[], mutants: readonly Mutant[], keep: () => void): Promise<void> {
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
      keep();
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
  const survivors = findings.filter((finding) => verdictOf(finding) === 'survived');
  for (const { mutant } of survivors) console.log(`survived ${describe(mutant)}`);
  console.log(summaryTable(findings));
  const { mutants, killed, triedBySpecs, killedBySpecs } = scoreOf(findings);
  console.log(
    `${killed} of ${mutants} mutants killed (${percent(killed, mutants)}). Specs were run against ${triedBySpecs} of ` +
      `them and killed ${killedBySpecs} (${percent(killedBySpecs, triedBySpecs)}). Report: ${options.report}/index.html`,
  );
  return gate(findings, options.atLeast);
}
