// `npm run e2e`: the main job. A fleet, the suite, a verdict.
import { Option } from 'commander';
import { engineNames } from '../fleet/engines/engines.ts';
import type { Fleet } from '../fleet/engines/shared/engine.ts';
import { HarnessError } from '../fleet/errors.ts';
import { authentikOption, authentikProfiles, type AuthentikOption } from './command/authentik-option.ts';
import { commandLine, positiveNumber, regularExpression } from './command/command-line.ts';
import { authentikToUse } from './e2e/authentik-to-use.ts';
import { fleetToUse } from './e2e/fleet-to-use.ts';
import { runRepeatedly } from './e2e/repeated-runs.ts';
import { checkWindow, openWindow, type Window } from './e2e/playwright-window.ts';
import { runnerArguments, type RunnerSettings } from './e2e/runner-arguments.ts';
import { specFilters } from './e2e/spec-filters.ts';
import { watch } from './e2e/watch.ts';
import { engineToUse } from './command/engine-to-use.ts';
import { interruption } from './command/interruption.ts';
import { checkLastFailed } from './runner/last-failed.ts';
import { parseShard } from './prove/shard.ts';
import { checkReports, reportsOf } from './runner/reports.ts';
import { exitCodeOf, runSpecs } from './runner/runner.ts';
import { countTests, printTests } from './runner/listed-tests.ts';
import { withRegression } from './command/regression-option.ts';
import { progress, runCommand } from './command/run-command.ts';
import { workerCount } from './runner/worker-count.ts';
import { startWorkerFleets, type WorkerFleets } from './runner/worker-fleets.ts';

const program = commandLine('e2e')
  .description('Starts a fleet, runs the specs on it, and stops it again.')
  .argument('[specs...]', 'only these files or folders below e2e/')
  .addOption(
    new Option('--engine <name>', 'what runs the fleet (default: local, or that of --run)').choices(engineNames),
  )
  .option('-g, --grep <pattern>', 'only tests whose title or tag matches, e.g. @memory-sessions', regularExpression)
  .option('--run <id>', 'use this fleet, which `npm run fleet -- up` started, and leave it running')
  .addOption(
    new Option('--keep', 'use the fleet that an earlier --keep left, or start one, and leave it running').conflicts(
      'run',
    ),
  )
  .option('--stale', 'with --run or --keep: test the fleet as it is, also when it is older than this repository')
  .option(
    '--authentik <profile|url>',
    `version whose behaviour the mock has (${authentikProfiles}), or a real server; its API token: AUTHENTIK_TOKEN`,
    authentikOption,
  )
  .option(
    '--callback-host <name>',
    'with --authentik <url>: name under which that server reaches this machine',
    '127.0.0.1',
  )
  .addOption(
    new Option(
      '--regression <name>',
      'on a fleet with this fault of the catalogue (npm run repro), to see tests fail',
    ).conflicts(['run', 'keep']),
  )
  .option('--headed', 'show the browser')
  .option('--watch', 'stay, and run again what a saved file concerns; keys: enter again, f the failed, a all, q ends')
  .addOption(new Option('--ui', "open Playwright's UI mode on the fleet").conflicts(['watch', 'debug']))
  .addOption(new Option('--debug', "open Playwright's inspector on the fleet").conflicts('watch'))
  .option('--list', 'print the tests and stop')
  .addOption(new Option('--trace <mode>', 'Playwright trace mode').choices(['on', 'off', 'retain-on-failure']))
  .option('--repeat-each <n>', 'run every test this often', positiveNumber)
  .option(
    '--workers <n>',
    'how many tests run at once, each on a fleet of its own; default: by cores and memory',
    positiveNumber,
  )
  .option('--shard <i/n>', 'only the i-th of n parts of the tests', parseShard)
  .option('--last-failed', 'only the tests that failed in the last run')
  .option('--shuffle [seed]', 'run the tests in a random order, or in the order of this seed', positiveNumber)
  .addOption(
    new Option(
      '--runs <n>',
      'run them this often, each time on new fleets and with --shuffle in another order, and name the flaky tests',
    )
      .argParser(positiveNumber)
      .conflicts(['run', 'keep', 'watch', 'ui', 'debug', 'lastFailed']),
  )
  .addHelpText(
    'after',
    `
Reports: reports/latest/run.html; beside it html (npx playwright show-report reports/latest/html), run.json, summary.md,
junit.xml and results.json.
Exit codes: 0 all passed, 1 the product failed, 2 the harness failed, 77 cannot run here.`,
  )
  .parse();
const options = program.opts<
  RunnerSettings & {
    engine?: string;
    authentik?: AuthentikOption;
    callbackHost: string;
    regression?: string;
    run?: string;
    keep?: true;
    stale?: true;
    headed?: true;
    watch?: true;
    ui?: true;
    debug?: true;
    list?: true;
    workers?: number;
    runs?: number;
  }
>();

const window: Window | undefined = options.ui ? 'ui' : options.debug ? 'debug' : undefined;

await runCommand(async () => {
  checkOptions();
  const specs = specFilters(program.args);
  const { selection, all: passedOn } = runnerArguments(specs, options);
  if (options.lastFailed) checkLastFailed();
  if (options.list) return await printTests(selection);
  checkReports();
  const engine = engineToUse(options);
  const prove = async (fleets: WorkerFleets, stale: readonly string[] = [], serverSlowness = 1) =>
    exitCodeOf(
      await runSpecs(fleets, {
        args: passedOn,
        reports: reportsOf(fleets[0].runId),
        headed: options.headed ?? false,
        stale,
        serverSlowness,
        fleetOptions: fleetOptions(),
        since: performance.timeOrigin,
      }),
    );
  const onOne = (fleet: Fleet, stale: readonly string[] = []): Promise<number> => {
    if (window) return openWindow(window, fleet, passedOn);
    if (!options.watch) return prove([fleet], stale);
    const args = passedOn.slice(specs.length);
    const hasSelection = selection.length > 0;
    return watch(engine, fleet, { filters: specs, args, runsAtOnce: hasSelection, headed: options.headed ?? false });
  };
  if (options.run || options.keep) {
    const counted = countTests(selection);
    const [{ fleet, stale }] = await Promise.all([fleetToUse(engine, options, () => counted), counted]);
    return onOne(fleet, stale);
  }
  const regression = await withRegression(engine, options.regression, 'npm run e2e --');
  await using authentik = await authentikToUse(options.authentik, options.callbackHost);
  const fleetStart = { ...regression, ...authentik.options };
  if (options.watch || options.ui || options.debug) {
    await countTests(selection);
    await using fleet = await engine.up({ ...fleetStart, onProgress: progress, signal: interruption });
    return await onOne(fleet);
  }
  const workers = async () => {
    const tests = await countTests(selection);
    // The fleets of a server would share its providers, which tests change.
    const most = authentik.options.runId === undefined ? (options.workers ?? workerCount(engine.name, tests)) : 1;
    return Math.min(tests, most);
  };
  if (options.runs !== undefined) {
    const counted = await workers();
    return await runRepeatedly({
      ...options,
      runs: options.runs,
      runOnce: async ({ reports, ...order }) => {
        await using fleets = await startWorkerFleets(engine, async () => counted, {
          ...fleetStart,
          signal: interruption,
        });
        return await runSpecs(fleets, {
          args: runnerArguments(specs, { ...options, ...order }).all,
          reports,
          quiet: true,
          serverSlowness: authentik.slowness,
          fleetOptions: fleetOptions(),
        });
      },
    });
  }
  await using fleets = await startWorkerFleets(engine, workers, {
    ...fleetStart,
    onProgress: progress,
    signal: interruption,
  });
  // Awaited here, because the fleets go down when this function returns.
  return await prove(fleets, [], authentik.slowness);
});

/** Which fleet the same tests need again. */
function fleetOptions(): string[] {
  const { engine, authentik, regression } = options;
  return [
    ...(engine ? ['--engine', engine] : []),
    ...(authentik ? ['--authentik', 'url' in authentik ? authentik.url : authentik.profile] : []),
    ...(regression ? ['--regression', regression] : []),
  ];
}

/** @throws HarnessError for options that do not go together. */
function checkOptions(): void {
  const { workers, run, keep, stale, watch: isWatch, ui, debug, authentik, engine = 'local' } = options;
  if (authentik && (run || keep)) {
    throw new HarnessError(
      '--authentik needs a new fleet, and --run and --keep use one that is up. Leave it out, or start that one with: npm run fleet -- up --authentik <profile>',
    );
  }
  if (authentik && 'url' in authentik && engine !== 'local') {
    throw new HarnessError(`The ${engine} engine cannot use another Authentik than the mock. Leave --engine out.`);
  }
  if (workers !== undefined && (run || keep || isWatch || ui || debug)) {
    throw new HarnessError(
      '--workers needs a fleet for each worker, and --run, --keep, --watch, --ui and --debug use one. Leave one of them out.',
    );
  }
  if (stale && !(run || keep)) {
    throw new HarnessError('--stale is about a fleet that is up already. Add --run <id> or --keep.');
  }
  if (window) checkWindow(window);
}
