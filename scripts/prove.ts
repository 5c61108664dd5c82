// `npm run prove`: checks that the suite notices regressions. It applies each regression and requires that its specs
// fail with the expected message.
import { join } from 'node:path';
import { styleText } from 'node:util';
import { Option } from 'commander';
import { buildApps } from '../fleet/build/builds.ts';
import { engineNames, engineOf } from '../fleet/engines/engines.ts';
import type { Engine, Fleet } from '../fleet/engines/shared/engine.ts';
import { duration } from '../fleet/duration.ts';
import { exitCodes, HarnessError } from '../fleet/errors.ts';
import type { Change, Switches } from '../fleet/manifests/change.ts';
import { sourcesIn } from '../fleet/manifests/changes.ts';
import { shippedApps } from '../fleet/manifests/images.ts';
import { repositoryRoot } from '../fleet/root.ts';
import { missingIn } from '../e2e/fixtures/engine-in-use.ts';
import { regressionNamed, regressions } from '../fixtures/regressions/catalogue.ts';
import type { Regression } from '../fixtures/regressions/regression.ts';
import { claiming } from './prove/claiming.ts';
import { commandLine, positiveNumber } from './command/command-line.ts';
import { interruption } from './command/interruption.ts';
import { matrixTable } from './prove/kill-matrix-table.ts';
import { exitCodeOf, summaryOf, type KillMatrix } from './prove/kill-matrix-verdict.ts';
import { changedSince } from './prove/changed-since.ts';
import { compare, matrixPageFile, reportsOf, write } from './prove/matrices.ts';
import { falseAlarms, proveRegression } from './prove/prove-regression.ts';
import { parseShard, shardOf, type Shard } from './prove/shard.ts';
import { changeOf, switchesOf } from './prove/switched.ts';
import { Steps } from './prove/steps.ts';
import { showing, showLive } from './command/live-lines.ts';
import { printRegressions } from './command/print-list.ts';
import { checkReports } from './runner/reports.ts';
import { withOwnReports } from './runner/own-reports.ts';
import { progress, runCommand } from './command/run-command.ts';
import { workerCount } from './runner/worker-count.ts';

const program = commandLine('prove')
  .description(
    'Applies each regression of the catalogue and checks that the specs which claim it fail with the stated message.',
  )
  .argument('[regressions...]', 'only these (default: the whole catalogue)')
  .addOption(new Option('--engine <name>', 'what runs the fleets').choices(engineNames).default('local'))
  .option(
    '--jobs <n>',
    'how many regressions at once, each on a fleet of its own; default: by cores and memory',
    positiveNumber,
  )
  .option('--changed <ref>', 'only regressions whose file, specs or changed product files differ from this commit')
  .option('--shard <i/n>', 'only the i-th of n parts', parseShard)
  .option('--no-switches', 'build each source change alone instead of all as switches of one build')
  .option('--no-clean', 'leave out the run on the clean fleet that shows false alarms')
  .option('--list', 'print the catalogue and stop')
  .option('--compare', 'print the last matrices of all engines side by side and stop')
  .addHelpText(
    'after',
    '\nExit codes: 0 all caught and the clean fleet green, 1 not so, 2 the harness failed, 77 cannot run here, or has nothing to prove.',
  )
  .parse();
const options = program.opts<{
  engine: string;
  jobs?: number;
  changed?: string;
  shard?: Shard;
  switches: boolean;
  clean: boolean;
  list?: true;
  compare?: true;
}>();

const listCommand = 'npm run prove -- --list';

await runCommand(async () => {
  const all = regressions();
  if (options.compare && program.args.length > 0) {
    throw new HarnessError(`--compare prints the whole of the last matrices. Leave out: ${program.args.join(' ')}`);
  }
  if (options.compare) return compare();
  const named =
    program.args.length > 0 ? [...new Set(program.args)].map((name) => regressionNamed(name, listCommand)) : all;
  const changed = options.changed === undefined ? named : await changedSince(options.changed, named);
  const chosen = options.shard ? shardOf(options.shard, changed) : changed;
  if (options.list) {
    printRegressions(chosen);
    return exitCodes.passed;
  }
  if (chosen.length === 0) {
    progress(`No regression is chosen, so there is nothing to prove. See: ${listCommand}`);
    return exitCodes.cannotRunHere;
  }
  checkReports();
  const engine = engineOf(options.engine);
  return await withOwnReports(join(repositoryRoot, reportsOf(engine.name)), 'Wait until it has ended.', () =>
    prove(engine, { chosen, isPart: chosen.length < all.length }),
  );
});

async function prove(
  engine: Engine,
  { chosen, isPart }: { chosen: readonly Regression[]; isPart: boolean },
): Promise<number> {
  const matrix: KillMatrix = { engine: engine.name, chosen: chosen.length, findings: [] };
  // Otherwise the matrix of an earlier run would look like that of this one after an early interruption.
  write(matrix);
  const switches = options.switches ? await switchesOf(chosen) : {};
  // Where a node takes long to start, the clean fleet stays up and the other fleets share its node. The clean fleet has the build with the switches, none of them selected: it must do what a plain build does.
  let clean =
    options.clean || engine.sharesNode
      ? await engine.up({
          ...(Object.keys(switches).length > 0 ? { changes: [{ switches }] } : {}),
          onProgress: progress,
          signal: interruption,
        })
      : undefined;
  try {
    if (clean && options.clean) matrix.falseAlarms = await alarmsOn(clean, isPart ? claiming(chosen) : []);
    if (!engine.sharesNode) {
      await clean?.down();
      clean = undefined;
    }
    await findAll(engine, { chosen, switches, matrix }, clean);
  } finally {
    await clean?.down();
  }
  return report(matrix);
}

async function alarmsOn(clean: Fleet, args: readonly string[]): Promise<string[]> {
  progress('The clean fleet: every claiming spec must be green …');
  const { tests, alarms } = await showing(
    'The specs on the clean fleet',
    falseAlarms(clean, { args, reports: join(reportsOf(clean.engine), 'clean') }),
  );
  progress(`  ${tests} tests, ${alarms.length} red`);
  return alarms;
}

/** Proves the regressions, several at a time, and adds each finding to the matrix. */
async function findAll(
  engine: Engine,
  { chosen, switches, matrix }: { chosen: readonly Regression[]; switches: Switches; matrix: KillMatrix },
  host: Fleet | undefined,
): Promise<void> {
  const withChange = chosen.map((regression) => ({ regression, change: changeOf(regression, switches) }));
  // Those with a build of their own come last: by then it has been made beside the specs of the others.
  const ownBuild = withChange.filter(({ change }) => (change.sources ?? []).length > 0);
  const queue = [...withChange.filter((one) => !ownBuild.includes(one)), ...ownBuild];
  const builds = buildAhead(ownBuild.filter(({ regression }) => missingIn(engine, regression.needs).length === 0));
  const steps = new Steps(chosen.length);
  using scope = new DisposableStack();
  scope.use(showLive(() => steps.lines()));
  // Half of the suite's workers, because builds are made meanwhile.
  const jobs = options.jobs ?? Math.ceil(workerCount(engine.name, Infinity) / 2);
  progress(
    `${chosen.length === 1 ? '1 regression' : `${chosen.length} regressions, ${Math.min(jobs, queue.length)} at a time`} …`,
  );
  const lanes = Array.from({ length: Math.min(jobs, queue.length) }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      interruption.throwIfAborted();
      const { regression, change } = next;
      const { name } = regression;
      const finding = await proveRegression(engine, regression, {
        reports: reportsOf(engine.name),
        testsAtOnce: jobs,
        onStep: (step) => steps.enter(name, step),
        fleet: { changes: [change], signal: interruption, ...(host ? { shareWith: host.runId } : {}) },
      });
      matrix.findings.push(finding);
      // The matrix is written after each regression, also for an interrupted run.
      write(matrix);
      const { verdict, seconds, redAfterSeconds } = finding;
      const red = redAfterSeconds === undefined ? '' : `, first red test after ${duration(redAfterSeconds * 1000)}`;
      const took = steps.leave(name);
      progress(`${name}: ${verdict} in ${duration(seconds * 1000)}${took && ` (${took})`}${red}`);
      progress(steps.summary);
    }
  });
  const results = await Promise.allSettled([...lanes, builds]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Makes these builds, one after the other. A failure here occurs again when that regression is proven. */
async function buildAhead(planned: ReadonlyArray<{ change: Change }>): Promise<void> {
  const apps = shippedApps.map(({ app }) => app);
  for (const { change } of planned) {
    if (interruption.aborted) return;
    await buildApps(apps, { ...sourcesIn([change]), onProgress: progress, signal: interruption }).catch(() => {});
  }
}

function report(matrix: KillMatrix): number {
  const { engine, findings, falseAlarms } = matrix;
  findings.sort((a, b) => a.regression.localeCompare(b.regression));
  write(matrix);
  console.log(matrixTable(findings, process.stdout.columns));
  for (const alarm of falseAlarms ?? []) console.log(`${styleText('red', 'false alarm')} ${alarm}`);
  console.log(`\n${summaryOf(matrix)} Matrix: ${matrixPageFile(engine)}, and kill-matrix.json beside it`);
  return exitCodeOf(matrix);
}
