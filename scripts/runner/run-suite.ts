import { nextBuild, nextBuildApp, nextBuildSpec } from '../../e2e/models/next-build.ts';
import { buildApps } from '../../fleet/build/builds.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { engineToUse } from '../command/engine-to-use.ts';
import { interruption } from '../command/interruption.ts';
import { printList } from '../command/output.ts';
import { withRegression } from '../command/regression-option.ts';
import { progress } from '../command/run-command.ts';
import { commitOf } from './changed.ts';
import { chooseTests } from './choose-tests.ts';
import { selectedTests } from './listed-tests.ts';
import { checkReports, reportsOf } from './reports.ts';
import { exitCodeOfRun, runPlaywright, runSpecs } from './runner.ts';
import { knownTests } from './order.ts';
import { testsPerWorker, workerCount } from './worker-count.ts';
import { startWorkerFleets, type WorkerFleets } from './worker-fleets.ts';
import { keptFleet } from './up-to-date.ts';
import { checkSuiteOptions, type E2eOptions } from './suite-options.ts';
import { prepareAuthentik } from './prepare-authentik.ts';
import { runRepeatedly } from './repeated-runs.ts';
import { checkLastFailed, runnerArguments } from './runner-arguments.ts';
import { measureSlowness } from './slowness.ts';
import { specFilters, specsFor } from './spec-filters.ts';
import { watchSpecs } from './watch.ts';

/** Runs the specs that the arguments name, on the fleets that the options name. @returns the exit code. */
export async function runSuite(args: readonly string[], options: E2eOptions): Promise<number> {
  checkSuiteOptions(options);
  const specs = specFilters(args);
  const { selection, all: passedOn } = runnerArguments(specs, options);
  if (options.lastFailed) checkLastFailed();
  if (typeof options.changed === 'string') await commitOf(options.changed);
  const engine = engineToUse(options);
  // The fleets of a server would share its providers, which tests change.
  const isAlone = options.run || options.keep || (options.authentik && 'url' in options.authentik);
  const workersFor = (tests: number): number =>
    Math.min(Math.max(1, tests), isAlone ? 1 : (options.workers ?? workerCount(engine.name, tests)));
  // Before the builds and the fleets, beside which the machine is slow.
  const slowness = options.within || options.changed ? measureSlowness() : 1;
  let choosing: ReturnType<typeof chooseTests> | undefined;
  const choice = () =>
    (choosing ??= isSmall(specs, selection, options)
      ? Promise.resolve({ tests: [], scope: '' })
      : chooseTests(selection, options, { engine: engine.name, slowness, workersFor }));
  if (options.list) {
    if (options.run) await engine.attach(options.run);
    const { tests, scope } = await choice();
    const inFiles = tests.toSorted((a, b) => a.spec.localeCompare(b.spec) || a.line - b.line);
    printList(inFiles.map(({ spec, line, title }) => [`${spec}:${line}`, title]));
    if (scope !== '') progress(scope);
    return exitCodes.passed;
  }
  checkReports();
  const chosen = async () => {
    const { tests, scope } = await choice();
    return { tests: tests.map(({ id }) => id), scope };
  };
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
        ...(options.shard && { part: `${options.shard.index}-of-${options.shard.count}` }),
        ...(await chosen()),
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
      choose: async (saved) => {
        const within = { engine: engine.name, slowness: measureSlowness(), workersFor: () => 1 };
        return (await chooseTests(selection, { changed: true, saved }, within)).tests.map(({ id }) => id);
      },
    });
  };
  if (options.run || options.keep) {
    const [{ fleet, stale }] = await Promise.all([keptFleet(engine, options, choice), choice()]);
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
    const { tests } = await choice();
    // Beside the tests the build would slow them all down.
    if (engine.capabilities.has('builds') && !options.regression && tests.some(({ spec }) => spec === nextBuildSpec))
      await buildApps([nextBuildApp()], { changes: [nextBuild], onProgress: progress, signal: interruption });
    return workersFor(tests.length);
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
          ...(await chosen()),
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

/** Whether these are whole files of few tests, which one worker runs as they are. To list them would delay their fleet. */
function isSmall(specs: readonly string[], selection: readonly string[], options: E2eOptions): boolean {
  const { list, within, changed, shard, workers, run, keep } = options;
  if (list ?? within ?? changed ?? shard ?? workers ?? run ?? keep) return false;
  const files = specsFor(specs).map((file) => file.replace('e2e/', ''));
  return (
    selection.length === specs.length &&
    !specs.some((spec) => spec.includes(':')) &&
    !files.includes(nextBuildSpec) &&
    knownTests(files) <= testsPerWorker
  );
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
