import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JSONReport } from '@playwright/test/reporter';
import { buildApps } from '../../fleet/build/builds.ts';
import type { FleetOptions } from '../../fleet/engines/shared/engine.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { engineToUse } from '../command/engine-to-use.ts';
import { interruption } from '../command/interruption.ts';
import { printList } from '../command/output.ts';
import { withRegression } from '../command/regression-option.ts';
import { progress } from '../command/run-command.ts';
import { commitOf } from './changed.ts';
import { chooserOf } from './choose-tests.ts';
import { selectedTests } from './listed-tests.ts';
import { checkReports, reportsOf } from './reports.ts';
import { exitCodeOfRun, runPlaywright, runSpecs } from './runner.ts';
import { startWorkerFleets, type WorkerFleets } from './worker-fleets.ts';
import { keptFleet } from './up-to-date.ts';
import { checkSuiteOptions, type E2eOptions, type SuiteProduct } from './suite-options.ts';
import { prepareAuthentik } from './prepare-authentik.ts';
import { runRepeatedly } from './repeated-runs.ts';
import { checkLastFailed, runnerArguments } from './runner-arguments.ts';
import { specFilters } from './spec-filters.ts';
import { watchSpecs } from './watch.ts';

/** Runs the specs that the arguments name, on the fleets that the options name. @returns the exit code. */
export async function runSuite(args: readonly string[], options: E2eOptions, product: SuiteProduct): Promise<number> {
  await using started = new AsyncDisposableStack();
  const run = await runOf(args, options, product, started);
  let exitCode: number = exitCodes.passed;
  for (const step of stepsOf(options)) exitCode = (await step(run)) ?? exitCode;
  return exitCode;
}

/** The steps of each mode, in their order. The last one may say the exit code. */
function stepsOf({ list, run, keep, ui, debug, watch, runs }: E2eOptions): readonly Step[] {
  const use = ui || debug ? openWindow : watch ? watchTests : runTests;
  if (list) return [findFleet, printTests];
  if (run || keep) return [checkFolder, attachFleet, use];
  if (use !== runTests) return [checkFolder, addRegression, addAuthentik, checkSelection, startFleet, use];
  if (runs !== undefined) return [checkFolder, addRegression, addAuthentik, repeatTests];
  return [checkFolder, addRegression, addAuthentik, startFleets, runTests];
}

type Step = (run: SuiteRun) => Promise<number | void> | void;
type SuiteRun = Awaited<ReturnType<typeof runOf>>;

/** What is asked for, and what steps add for those after them. */
async function runOf(
  args: readonly string[],
  options: E2eOptions,
  product: SuiteProduct,
  started: AsyncDisposableStack,
) {
  checkSuiteOptions(options);
  const specs = specFilters(options.matrix === undefined ? args : [product.matrix.spec]);
  const { selection, all } = runnerArguments(specs, options);
  if (options.lastFailed) checkLastFailed();
  if (typeof options.changed === 'string') await commitOf(options.changed);
  const engine = engineToUse(options, product.engines);
  return {
    options,
    product,
    specs,
    /** Arguments of the test runner that select tests, and all. */
    selection,
    args: all,
    engine,
    chooser: chooserOf(engine.name, specs, selection, options, product),
    /** What goes down when the run ends, the last first. */
    started,
    /** How new fleets start. */
    start: { onProgress: progress, signal: interruption } as FleetOptions,
    /** How much slower Authentik is than one on a quiet machine. */
    serverSlowness: 1,
    fleets: undefined as WorkerFleets | undefined,
    /** Parts of the fleet that are older than this repository. */
    stale: [] as readonly string[],
  };
}

const findFleet: Step = async ({ engine, options }) => {
  if (options.run) await engine.attach(options.run);
};

const printTests: Step = async ({ chooser }) => {
  const { tests, scope } = await chooser.choice();
  const inFiles = tests.toSorted((a, b) => a.spec.localeCompare(b.spec) || a.line - b.line);
  printList(inFiles.map(({ spec, line, title }) => [`${spec}:${line}`, title]));
  if (scope !== '') progress(scope);
};

const checkFolder: Step = () => checkReports();

const attachFleet: Step = async (run) => {
  const { choice } = run.chooser;
  const [{ fleet, stale }] = await Promise.all([keptFleet(run.engine, run.options, run.product, choice), choice()]);
  Object.assign(run, { fleets: [fleet], stale });
};

const addRegression: Step = async ({ engine, options, product, start }) => {
  Object.assign(start, await withRegression(engine, options.regression, product.regressions(), 'npm run e2e --'));
};

const addAuthentik: Step = async (run) => {
  const { options, product, started } = run;
  const authentik = started.use(await prepareAuthentik(options.authentik, options.callbackHost, product));
  Object.assign(run.start, authentik.options);
  run.serverSlowness = authentik.slowness;
};

const checkSelection: Step = async ({ selection }) => {
  await selectedTests(selection);
};

const startFleet: Step = async (run) => {
  run.fleets = [run.started.use(await run.engine.up(run.start))];
};

const startFleets: Step = async (run) => {
  run.fleets = run.started.use(await startWorkerFleets(run.engine, () => workersOf(run), run.start));
};

const runTests: Step = async (run) => {
  const { args, fleets, stale, options, product, engine } = run;
  const record = await runSpecs(fleets!, {
    ...(await asked(run)),
    args,
    reports: reportsOf(fleets![0].runId),
    headed: options.headed ?? false,
    stale,
    ...(options.shard && { part: `${options.shard.index}-of-${options.shard.count}` }),
  });
  const exitCode = exitCodeOfRun(record);
  if (options.matrix === '' && exitCode === exitCodes.passed) {
    const results = readFileSync(join(repositoryRoot, reportsOf(fleets![0].runId), 'results.json'), 'utf8');
    product.matrix.keep(JSON.parse(results) as JSONReport, engine.name);
  }
  return exitCode;
};

const repeatTests: Step = async (run) => {
  const { options, engine, specs } = run;
  const workers = await workersOf(run);
  const start = { ...run.start, onProgress: () => {} };
  return runRepeatedly({
    ...options,
    runs: options.runs ?? 1,
    runOnce: async ({ reports, ...order }) => {
      await using fleets = await startWorkerFleets(engine, async () => workers, start);
      const args = runnerArguments(specs, { ...options, ...order }).all;
      return await runSpecs(fleets, { ...(await asked(run)), args, reports, quiet: true });
    },
  });
};

const watchTests: Step = ({ engine, product, fleets, specs, selection, args, chooser, options }) =>
  watchSpecs(engine, fleets![0], {
    product,
    filters: specs,
    args: args.slice(specs.length),
    runsAtOnce: selection.length > 0,
    headed: options.headed ?? false,
    choose: chooser.after,
  });

/** Opens Playwright's inspector on a fleet, or serves its UI mode, until it is closed: so there is no verdict. */
const openWindow: Step = async ({ args, fleets, options: { ui } }) => {
  if (ui) progress('UI mode is at the address below, for a browser of this machine. Ctrl-C ends it.');
  await runPlaywright(fleets!, {
    args: [...args, ...(ui ? ['--ui', '--ui-host=127.0.0.1', '--ui-port=0'] : ['--debug'])],
    output: 'inherit',
    request: { headed: true, reports: reportsOf(fleets![0].runId) },
  });
};

/** How many workers run the tests, when what they need is built. */
async function workersOf({ chooser, engine, options, product: { nextBuild } }: SuiteRun): Promise<number> {
  const { tests } = await chooser.choice();
  // Beside the tests the build would slow them all down.
  if (engine.capabilities.has('builds') && !options.regression && tests.some(({ spec }) => spec === nextBuild.spec))
    await buildApps([nextBuild.app()], { changes: [nextBuild.change], onProgress: progress, signal: interruption });
  return chooser.workersFor(tests.length);
}

/** Which tests run, and what is known about their fleets. */
async function asked({
  chooser,
  product,
  serverSlowness,
  options: { engine, authentik, regression, matrix },
}: SuiteRun) {
  const { tests, scope } = await chooser.choice();
  return {
    tests: tests.map(({ id }) => id),
    scope,
    ...(matrix !== undefined && { matrix }),
    secrets: product.secrets,
    serverSlowness,
    // Which fleet the same tests need again.
    fleetOptions: [
      ...(engine ? ['--engine', engine] : []),
      ...(authentik ? ['--authentik', 'url' in authentik ? authentik.url : authentik.profile] : []),
      ...(regression ? ['--regression', regression] : []),
    ],
  };
}
