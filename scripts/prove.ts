// `npm run prove`: checks that the suite notices regressions. It applies each regression and requires that its specs
// fail with the expected message.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { Option } from 'commander';
import { buildApps } from '../fleet/build/builds.ts';
import { engineNames, engineOf } from '../fleet/engines/engines.ts';
import type { Engine, Fleet } from '../fleet/engines/shared/engine.ts';
import { exitCodes, HarnessError, ProductFailed } from '../fleet/errors.ts';
import { shippedApps } from '../fleet/manifests/images.ts';
import { missingIn } from '../e2e/fixtures/engine-in-use.ts';
import { regressionNamed, regressions } from '../fixtures/regressions/catalogue.ts';
import type { Regression } from '../fixtures/regressions/regression.ts';
import { claiming } from './claiming.ts';
import { commandLine } from './command-line.ts';
import { interruption } from './interruption.ts';
import type { RunRecord } from '../e2e/reporters/verdict.ts';
import { judge, judgeStart, type Finding } from './kill-matrix.ts';
import { comparisonMarkdown, comparisonTable, matrixTable } from './kill-matrix-table.ts';
import { exitCodeOf, summaryOf, type KillMatrix } from './kill-matrix-verdict.ts';
import { checkReports } from './reports.ts';
import { runSpecs } from './runner.ts';
import { progress, runCommand } from './run-command.ts';

const program = commandLine('prove')
  .description('Applies each regression of the catalogue and checks that the specs which claim it fail for its reason.')
  .argument('[regressions...]', 'only these (default: the whole catalogue)')
  .addOption(new Option('--engine <name>', 'what runs the fleets').choices(engineNames).default('local'))
  .option('--no-clean', 'leave out the run on the clean fleet that shows false alarms')
  .option('--list', 'print the catalogue and stop')
  .option('--compare', 'print the last matrices of all engines side by side and stop')
  .option('--markdown', 'with --compare: as the table of docs/parity.md')
  .addHelpText(
    'after',
    '\nExit codes: 0 all caught and the clean fleet green, 1 not so, 2 the harness failed, 77 cannot run here, or has nothing to prove.',
  )
  .parse();
const options = program.opts<{ engine: string; clean: boolean; list?: true; compare?: true; markdown?: true }>();

const reportsOf = (engine: string): string => `reports/prove-${engine}`;
const matrixFile = (engine: string): string => join(reportsOf(engine), 'kill-matrix.json');

await runCommand(async () => {
  const all = await regressions();
  if (options.list) {
    for (const { name, title } of all) console.log(`${name.padEnd(34)} ${title}`);
    return exitCodes.passed;
  }
  if (options.compare) return compare();

  checkReports();
  const engine = engineOf(options.engine);
  const named = program.args.length > 0;
  const chosen = named ? await Promise.all(program.args.map(regressionNamed)) : all;
  const matrix: KillMatrix = { engine: engine.name, findings: [] };
  // Where a node takes long to start, the clean fleet stays up and the other fleets share its node.
  let clean =
    options.clean || engine.sharesNode ? await engine.up({ onProgress: progress, signal: interruption }) : undefined;
  try {
    if (clean && options.clean) {
      progress('The clean fleet: every claiming spec must be green …');
      const reports = join(reportsOf(engine.name), 'clean');
      const { tests, unexpectedSkips } = await specsOn(clean, reports, named ? claiming(chosen) : []);
      matrix.falseAlarms = [
        ...tests
          .filter(({ status }) => status === 'failed')
          .map(({ spec, title, message }) => `${spec}: "${title}": ${message.split('\n')[0]}`),
        ...unexpectedSkips,
      ];
      progress(`  ${tests.length} tests, ${matrix.falseAlarms.length} red`);
    }
    if (!engine.sharesNode) {
      await clean?.down();
      clean = undefined;
    }
    for (const [index, regression] of chosen.entries()) {
      interruption.throwIfAborted();
      progress(`[${index + 1}/${chosen.length}] ${regression.name}: ${regression.title} …`);
      const finding = await proveRegression(engine, regression, clean, () => buildAhead(chosen[index + 1]));
      matrix.findings.push(finding);
      // The matrix is written after each regression, also for an interrupted run.
      write(matrix);
      progress(`  ${finding.verdict} in ${finding.seconds.toFixed(1)} s`);
    }
  } finally {
    await clean?.down();
  }
  return report(matrix);
});

/** Runs the specs that claim a regression on a fleet that has it. */
async function proveRegression(
  engine: Engine,
  regression: Regression,
  host: Fleet | undefined,
  inParallel: () => Promise<void>,
): Promise<Finding> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const missing = missingIn(engine, regression.needs);
  if (missing.length > 0) {
    const message = `the ${engine.name} engine cannot: ${missing.join(', ')}`;
    return { regression: regression.name, verdict: 'not applicable', evidence: [{ spec: '', message }], seconds: 0 };
  }
  const reports = join(reportsOf(engine.name), regression.name);
  try {
    await using fleet = await engine.up({
      changes: [regression.change],
      signal: interruption,
      ...(host ? { shareNodeWith: host.runId } : {}),
    });
    const [{ tests }] = await Promise.all([specsOn(fleet, reports, claiming([regression]), regression), inParallel()]);
    return { ...judge(regression, tests, engine), seconds: seconds() };
  } catch (error) {
    if (error instanceof ProductFailed) return { ...judgeStart(regression, error.message), seconds: seconds() };
    if (!(error instanceof HarnessError)) throw error;
    const evidence = [{ spec: '', message: error.message }];
    return { regression: regression.name, verdict: 'not run', evidence, seconds: seconds() };
  }
}

async function specsOn(
  fleet: Fleet,
  reports: string,
  args: readonly string[],
  regression?: Regression,
): Promise<RunRecord> {
  const record = await runSpecs(fleet, {
    args,
    reports,
    quiet: true,
    ...(regression ? { regression: regression.name } : {}),
  });
  // A regression without a claiming test gets a verdict; specs that do not load are an error.
  const fault = record.errors.find((message) => !message.includes('No tests found'));
  if (fault) throw new HarnessError(`The specs do not run: ${fault.split('\n')[0]} See: npm run check`);
  return record;
}

/**
 * Builds the next regression's apps while the specs of this one mostly wait. A failure here occurs again when that
 * regression is run.
 */
async function buildAhead(next: Regression | undefined): Promise<void> {
  const changes = next?.change.sources;
  if (changes)
    await buildApps(
      shippedApps.map(({ app }) => app),
      { changes, signal: interruption },
    ).catch(() => {});
}

function report(matrix: KillMatrix): number {
  const { engine, findings, falseAlarms } = matrix;
  console.log(matrixTable(findings));
  for (const alarm of falseAlarms ?? []) console.log(`${styleText('red', 'false alarm')} ${alarm}`);
  console.log(`\n${summaryOf(matrix)} Matrix: ${matrixFile(engine)}`);
  return exitCodeOf(matrix);
}

function write(matrix: KillMatrix): void {
  mkdirSync(reportsOf(matrix.engine), { recursive: true });
  writeFileSync(matrixFile(matrix.engine), JSON.stringify(matrix, null, 2));
}

function compare(): number {
  const matrices = engineNames
    .filter((engine) => existsSync(matrixFile(engine)))
    .map((engine) => JSON.parse(readFileSync(matrixFile(engine), 'utf8')) as KillMatrix);
  if (matrices.length < 2) {
    throw new HarnessError(
      'There are no two matrices to compare. Run: npm run prove, and npm run prove -- --engine k3s',
    );
  }
  console.log((options.markdown ? comparisonMarkdown : comparisonTable)(matrices));
  return exitCodes.passed;
}
