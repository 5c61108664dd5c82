// `npm run e2e`: the main job. A fleet, the suite, a verdict.
import { Option } from 'commander';
import { engineNames } from '../fleet/engines/engines.ts';
import type { Engine, Fleet } from '../fleet/engines/shared/engine.ts';
import { HarnessError } from '../fleet/errors.ts';
import { authentikOption, authentikProfiles, type AuthentikOption } from './authentik-option.ts';
import { commandLine, positiveNumber } from './command-line.ts';
import { authentikToUse } from './e2e/authentik-to-use.ts';
import { engineToUse } from './engine-to-use.ts';
import { interruption } from './interruption.ts';
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
  .option(
    '--authentik <profile|url>',
    `version whose behaviour the mock has (${authentikProfiles}), or a real server; its API token: AUTHENTIK_TOKEN`,
    authentikOption,
  )
  .option('--headed', 'show the browser')
  .option('--trace <mode>', 'Playwright trace mode: on, off, retain-on-failure')
  .option('--repeat-each <n>', 'run every test this often')
  .option(
    '--workers <n>',
    'how many tests run at once, each on a fleet of its own; default: by cores and memory',
    positiveNumber,
  )
  .option('--shuffle [seed]', 'run the tests in a random order, or in the order of this seed', positiveNumber)
  .addHelpText(
    'after',
    `
Reports: reports/latest/html (npx playwright show-report reports/latest/html), junit.xml and results.json beside it.
Exit codes: 0 all passed, 1 the product failed, 2 the harness failed, 77 cannot run here.`,
  )
  .parse();
const options = program.opts<{
  engine?: string;
  authentik?: AuthentikOption;
  grep?: string;
  run?: string;
  keep?: true;
  headed?: true;
  trace?: string;
  repeatEach?: string;
  workers?: number;
  shuffle?: number | true;
}>();

const filters = [...program.args, ...(options.grep ? ['--grep', options.grep] : [])];
const selection = [...filters, ...(options.repeatEach ? ['--repeat-each', options.repeatEach] : [])];
const passedOn = [
  ...selection,
  ...(options.trace ? ['--trace', options.trace] : []),
  ...(options.shuffle ? [typeof options.shuffle === 'number' ? `--shuffle=${options.shuffle}` : '--shuffle'] : []),
];

await runCommand(async () => {
  checkReports();
  if (options.workers !== undefined && (options.run || options.keep)) {
    throw new HarnessError(
      '--workers needs a fleet for each worker, and --run and --keep use one. Leave one of them out.',
    );
  }
  if (options.authentik && (options.run || options.keep)) {
    throw new HarnessError(
      '--authentik needs a new fleet, and --run and --keep use one that is up. Leave one of them out, or: npm run fleet -- up --authentik <profile>',
    );
  }
  const engine = engineToUse(options);
  if (options.authentik && 'url' in options.authentik && engine.name !== 'local') {
    throw new HarnessError(`The ${engine.name} engine cannot use another Authentik than the mock. Leave --engine out.`);
  }
  const prove = async (fleets: WorkerFleets) =>
    exitCodeOf(
      await runSpecs(fleets, {
        args: passedOn,
        reports: reportsOf(fleets[0].runId),
        headed: options.headed ?? false,
        since: performance.timeOrigin,
      }),
    );
  if (options.run) return prove([await engine.attach(options.run)]);
  if (options.keep) return prove([await keptFleet(engine)]);
  const workers = async () => {
    const tests = await countTests(selection);
    // The fleets of a server would share its providers, which tests change.
    const most = authentik.options.runId === undefined ? (options.workers ?? workerCount(engine.name, tests)) : 1;
    return Math.min(tests, most);
  };
  await using authentik = await authentikToUse(options.authentik);
  await using fleets = await startWorkerFleets(engine, workers, {
    ...authentik.options,
    onProgress: progress,
    signal: interruption,
  });
  // Awaited here, because the fleets go down when this function returns.
  return await prove(fleets);
});

/** The fleet that an earlier run kept, unchanged, or a new one to keep. */
async function keptFleet(engine: Engine): Promise<Fleet> {
  const runId = `kept-${engine.name}`;
  const kept = (await engine.list()).find((run) => run.runId === runId && run.alive);
  progress(`${runId} stays up: npm run fleet -- down ${runId}`);
  if (kept) {
    progress(`It is what it was at ${kept.startedAt}; take it down to have it built anew.`);
    return engine.attach(runId);
  }
  return engine.up({ runId, detached: true, onProgress: progress, signal: interruption });
}
