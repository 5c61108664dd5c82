// `npm run e2e`: the main job. A fleet, the suite, a verdict.
import { Option } from 'commander';
import { engineNames } from '../fleet/engines/engines.ts';
import { HarnessError } from '../fleet/errors.ts';
import { commandLine, positiveNumber } from './command-line.ts';
import { fleetToUse } from './e2e/fleet-to-use.ts';
import { engineToUse } from './engine-to-use.ts';
import { interruption } from './interruption.ts';
import { checkLastFailed, onlyLastFailed, rememberFailed } from './last-failed.ts';
import { parseShard, type Shard } from './prove/shard.ts';
import { checkReports, reportsOf } from './reports.ts';
import { exitCodeOf, runSpecs } from './runner.ts';
import { countTests } from './listed-tests.ts';
import { progress, runCommand } from './run-command.ts';
import { workerCount } from './worker-count.ts';
import { startWorkerFleets, type WorkerFleets } from './worker-fleets.ts';

const program = commandLine('e2e')
  .description('Starts a fleet, proves on it what the specs claim, and takes it down again.')
  .argument('[specs...]', 'only these files or folders below e2e/')
  .addOption(
    new Option('--engine <name>', 'what runs the fleet (default: local, or that of --run)').choices(engineNames),
  )
  .option('-g, --grep <pattern>', 'only tests whose title or tag matches, e.g. @memory-sessions')
  .option('--run <id>', 'use this fleet, which `npm run fleet -- up` started, and leave it running')
  .option('--keep', 'use the fleet that an earlier --keep left, or start one, and leave it running')
  .option('--stale', 'with --run or --keep: test the fleet as it is, also when it is older than this repository')
  .option('--headed', 'show the browser')
  .option('--trace <mode>', 'Playwright trace mode: on, off, retain-on-failure')
  .option('--repeat-each <n>', 'run every test this often')
  .option(
    '--workers <n>',
    'how many tests run at once, each on a fleet of its own; default: by cores and memory',
    positiveNumber,
  )
  .option('--shard <i/n>', 'only the i-th of n parts of the tests', parseShard)
  .option('--last-failed', 'only the tests that failed in the last run')
  .option('--shuffle [seed]', 'run the tests in a random order, or in the order of this seed', positiveNumber)
  .addHelpText(
    'after',
    `
Reports: reports/latest/run.html; beside it html (npx playwright show-report reports/latest/html), run.json, summary.md,
junit.xml and results.json.
Exit codes: 0 all passed, 1 the product failed, 2 the harness failed, 77 cannot run here.`,
  )
  .parse();
const options = program.opts<{
  engine?: string;
  grep?: string;
  run?: string;
  keep?: true;
  stale?: true;
  headed?: true;
  trace?: string;
  repeatEach?: string;
  workers?: number;
  shard?: Shard;
  lastFailed?: true;
  shuffle?: number | true;
}>();

const filters = [...program.args, ...(options.grep ? ['--grep', options.grep] : [])];
const selection = [
  ...filters,
  ...(options.repeatEach ? ['--repeat-each', options.repeatEach] : []),
  ...(options.shard ? [`--shard=${options.shard.index}/${options.shard.count}`] : []),
  ...(options.lastFailed ? onlyLastFailed : []),
];
const passedOn = [
  ...selection,
  ...(options.lastFailed ? [] : rememberFailed),
  ...(options.trace ? ['--trace', options.trace] : []),
  ...(options.shuffle ? [typeof options.shuffle === 'number' ? `--shuffle=${options.shuffle}` : '--shuffle'] : []),
];

await runCommand(async () => {
  checkReports();
  if (options.lastFailed) checkLastFailed();
  if (options.workers !== undefined && (options.run || options.keep)) {
    throw new HarnessError(
      '--workers needs a fleet for each worker, and --run and --keep use one. Leave one of them out.',
    );
  }
  const engine = engineToUse(options);
  const prove = async (fleets: WorkerFleets, stale: readonly string[] = []) =>
    exitCodeOf(
      await runSpecs(fleets, {
        args: passedOn,
        reports: reportsOf(fleets[0].runId),
        headed: options.headed ?? false,
        stale,
        since: performance.timeOrigin,
      }),
    );
  if (options.run || options.keep) {
    const { fleet, stale } = await fleetToUse(engine, options);
    return prove([fleet], stale);
  }
  const workers = async () => {
    const tests = await countTests(selection);
    return Math.min(tests, options.workers ?? workerCount(engine.name, tests));
  };
  await using fleets = await startWorkerFleets(engine, workers, {
    onProgress: progress,
    signal: interruption,
  });
  // Awaited here, because the fleets go down when this function returns.
  return await prove(fleets);
});
