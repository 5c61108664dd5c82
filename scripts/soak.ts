// `npm run soak`: runs the suite again and again in random orders, and says which tests are flaky.
import { join } from 'node:path';
import { Option } from 'commander';
import { engineNames, engineOf } from '../fleet/engines/engines.ts';
import { duration } from '../fleet/duration.ts';
import { repositoryRoot } from '../fleet/root.ts';
import { commandLine, positiveNumber } from './command/command-line.ts';
import { interruption } from './command/interruption.ts';
import { specFilters } from './e2e/spec-filters.ts';
import { countTests, printTests } from './runner/listed-tests.ts';
import { withOwnReports } from './runner/own-reports.ts';
import { checkReports } from './runner/reports.ts';
import { runSpecs } from './runner/runner.ts';
import { progress, runCommand } from './command/run-command.ts';
import { writeJson } from './shared/json-file.ts';
import { describeFlaky, flakyTests, type SoakRun } from './soak/flaky.ts';
import { exitCodeOfAll, planRuns, reports, summaryOf } from './soak/runs.ts';
import { workerCount } from './runner/worker-count.ts';
import { startWorkerFleets } from './runner/worker-fleets.ts';

const program = commandLine('soak')
  .description('Runs the suite several times, each in another random order on new fleets, and names the flaky tests.')
  .argument('[specs...]', 'only these files or folders below e2e/')
  .option('--list', 'print the tests and stop')
  .option('--runs <n>', 'how many runs', positiveNumber, 10)
  .option('--seed <n>', 'seed of the first run; each run adds one', positiveNumber)
  .option('--workers <n>', 'how many tests run at once; default: by cores and memory', positiveNumber)
  .addOption(new Option('--engine <name>', 'what runs the fleets').choices(engineNames).default('local'))
  .addHelpText(
    'after',
    `
The runs and their seeds are in reports/soak/soak.json. The order of one of them again: npm run e2e -- --shuffle <seed>
Exit codes: 0 every run passed, 1 a test failed, 2 the harness failed, 77 cannot run here.`,
  )
  .parse();
const options = program.opts<{ list?: true; runs: number; seed?: number; workers?: number; engine: string }>();

await runCommand(async () => {
  checkReports();
  const engine = engineOf(options.engine);
  const specs = specFilters(program.args);
  if (options.list) return await printTests(specs);
  const tests = await countTests(specs);
  const workers = Math.min(tests, options.workers ?? workerCount(engine.name, tests));
  const first = options.seed ?? Math.floor(Math.random() * 1_000_000) + 1;
  return await withOwnReports(join(repositoryRoot, reports), 'Wait until it has ended.', async () => {
    const runs: SoakRun[] = [];
    const keep = (): void => writeJson(join(repositoryRoot, reports, 'soak.json'), { wanted: options.runs, runs });
    // Otherwise the runs of an earlier command would look like those of this one after an early interruption.
    keep();
    try {
      for (const { seed, ...planned } of planRuns(specs, { first, count: options.runs })) {
        interruption.throwIfAborted();
        const begin = performance.now();
        await using fleets = await startWorkerFleets(engine, async () => workers, { signal: interruption });
        const record = await runSpecs(fleets, { ...planned, quiet: true });
        const seconds = (performance.now() - begin) / 1000;
        runs.push({ seed, seconds, ...record });
        keep();
        progress(
          `[${runs.length}/${options.runs}] seed ${seed}: ${record.passed} passed, ${record.failed} failed, ` +
            `${record.skipped} skipped in ${duration(seconds * 1000)}`,
        );
        for (const fault of [...record.errors, ...record.unexpectedSkips]) progress(`  ${fault.split('\n')[0]}`);
      }
    } finally {
      const flaky = flakyTests(runs);
      for (const line of describeFlaky(flaky)) console.log(line);
      console.log(`\n${summaryOf(runs, { wanted: options.runs, flakyTests: flaky.length })}`);
    }
    return exitCodeOfAll(runs);
  });
});
