import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { engineToUse } from '../command/engine-to-use.ts';
import { interruption } from '../command/interruption.ts';
import { printList } from '../command/output.ts';
import { withRegression } from '../command/regression-option.ts';
import { progress } from '../command/run-command.ts';
import { selectedTests } from './listed-tests.ts';
import { checkReports, reportsOf } from './reports.ts';
import { exitCodeOfRun, runPlaywright, runSpecs } from './runner.ts';
import { workerCount } from './worker-count.ts';
import { startWorkerFleets, type WorkerFleets } from './worker-fleets.ts';
import { keptFleet } from './kept-fleet.ts';
import { checkSuiteOptions, type E2eOptions } from './suite-options.ts';
import { prepareAuthentik } from './prepare-authentik.ts';
import { runRepeatedly } from './repeated-runs.ts';
import { checkLastFailed, runnerArguments } from './runner-arguments.ts';
import { specFilters } from './spec-filters.ts';
import { watchSpecs } from './watch.ts';

/** Runs the specs that the arguments name, on the fleets that the options name. @returns the exit code. */
export async function runSuite(args: readonly string[], options: E2eOptions): Promise<number> {
  checkSuiteOptions(options);
  const specs = specFilters(args);
  const { selection, all: passedOn } = runnerArguments(specs, options);
  if (options.lastFailed) checkLastFailed();
  if (options.list) {
    printList((await selectedTests(selection)).map(({ spec, line, title }) => [`${spec}:${line}`, title]));
    return exitCodes.passed;
  }
  checkReports();
  const engine = engineToUse(options);
  const prove = async (fleets: WorkerFleets, stale: readonly string[] = [], serverSlowness = 1) =>
    exitCodeOfRun(
      await runSpecs(fleets, {
        args: passedOn,
        reports: reportsOf(fleets[0].runId),
        headed: options.headed ?? false,
        stale,
        serverSlowness,
        fleetOptions: fleetOptionsOf(options),
        since: performance.timeOrigin,
      }),
    );
  const onOne = (fleet: Fleet, stale: readonly string[] = []): Promise<number> => {
    if (options.ui || options.debug) return openWindow(options.ui ? 'ui' : 'debug', fleet, passedOn);
    if (!options.watch) return prove([fleet], stale);
    return watchSpecs(engine, fleet, {
      filters: specs,
      args: passedOn.slice(specs.length),
      runsAtOnce: selection.length > 0,
      headed: options.headed ?? false,
    });
  };
  if (options.run || options.keep) {
    const selected = selectedTests(selection);
    const [{ fleet, stale }] = await Promise.all([keptFleet(engine, options, () => selected), selected]);
    return onOne(fleet, stale);
  }
  const regression = await withRegression(engine, options.regression, 'npm run e2e --');
  await using authentik = await prepareAuthentik(options.authentik, options.callbackHost);
  const fleetStart = { ...regression, ...authentik.options };
  if (options.watch || options.ui || options.debug) {
    await selectedTests(selection);
    await using fleet = await engine.up({ ...fleetStart, onProgress: progress, signal: interruption });
    return await onOne(fleet);
  }
  const workers = async () => {
    const { length: tests } = await selectedTests(selection);
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
          fleetOptions: fleetOptionsOf(options),
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
}

/** Which fleet the same tests need again. */
function fleetOptionsOf({ engine, authentik, regression }: E2eOptions): string[] {
  return [
    ...(engine ? ['--engine', engine] : []),
    ...(authentik ? ['--authentik', 'url' in authentik ? authentik.url : authentik.profile] : []),
    ...(regression ? ['--regression', regression] : []),
  ];
}

/** Opens Playwright's inspector on a fleet, or serves its UI mode, until it is closed: so there is no verdict. */
async function openWindow(window: 'ui' | 'debug', fleet: Fleet, args: readonly string[]): Promise<number> {
  if (window === 'ui') progress('UI mode is at the address below, for a browser of this machine. Ctrl-C ends it.');
  await runPlaywright([fleet], {
    args: [...args, `--${window}`, ...(window === 'ui' ? ['--ui-host=127.0.0.1', '--ui-port=0'] : [])],
    output: 'inherit',
    request: { headed: true, reports: reportsOf(fleet.runId) },
  });
  return exitCodes.passed;
}
