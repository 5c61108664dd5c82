// `npm run prove`: would the suite notice? Puts each regression back and demands that its specs go red for its reason.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import Table from 'cli-table3';
import { Option } from 'commander';
import { buildApps } from '../fleet/builds.ts';
import { engineNames, engineOf } from '../fleet/engines/engines.ts';
import type { Engine } from '../fleet/engines/engine.ts';
import { exitCodes, HarnessError } from '../fleet/errors.ts';
import { images, type Image } from '../fleet/images.ts';
import { regressionNamed, regressions } from '../fixtures/regressions/catalogue.ts';
import type { Regression } from '../fixtures/regressions/regression.ts';
import { claiming } from './claiming.ts';
import { verbCommand } from './command.ts';
import { interruption } from './interruption.ts';
import { judge, unclaimed, type Finding } from './kill-matrix.ts';
import { readResults, resultsIn } from './results.ts';
import { runSpecs } from './runner.ts';
import { progress, runVerb } from './verb.ts';

const program = verbCommand('prove')
  .description(
    'Puts each fault of the catalogue back and checks that the specs which claim it fail, for the stated reason.',
  )
  .argument('[regressions...]', 'only these (default: the whole catalogue)')
  .addOption(new Option('--engine <name>', 'what runs the fleets').choices(engineNames).default('local'))
  .option('--no-clean', 'leave out the run on the clean fleet that shows false alarms')
  .option('--list', 'print the catalogue and stop')
  .addHelpText(
    'after',
    '\nExit codes: 0 all caught and the clean fleet green, 1 not so, 2 the harness failed, 77 cannot run here.',
  )
  .parse();
const options = program.opts<{ engine: string; clean: boolean; list?: true }>();

const reportsRoot = 'reports/prove';
const shippedApps = Object.values<Image>(images).flatMap(({ build }) => (build?.kind === 'app' ? [build.app] : []));

await runVerb(async () => {
  const all = await regressions();
  if (options.list) {
    for (const { name, title } of all) console.log(`${name.padEnd(34)} ${title}`);
    return exitCodes.passed;
  }
  const chosen = program.args.length > 0 ? await Promise.all(program.args.map(regressionNamed)) : all;
  const engine = engineOf(options.engine);

  let falseAlarms: string[] = [];
  let loose: string[] = [];
  if (options.clean) {
    progress('The clean fleet: every claiming spec must be green …');
    const only = program.args.length > 0 ? claiming(chosen) : [];
    await using fleet = await engine.up({ onProgress: progress, signal: interruption });
    const reports = join(reportsRoot, 'clean');
    await runSpecs(fleet, { args: only, reports, quiet: true });
    const outcomes = readResults(resultsIn(reports));
    falseAlarms = outcomes
      .filter(({ status }) => status === 'failed')
      .map(({ spec, title, message }) => `${spec}: "${title}": ${message.split('\n')[0]}`);
    // Only a run of everything knows every tag.
    if (program.args.length === 0) loose = unclaimed(all, outcomes);
    progress(`  ${outcomes.length} tests, ${falseAlarms.length} red`);
  }

  const findings: Finding[] = [];
  for (const [index, regression] of chosen.entries()) {
    if (interruption.aborted) break;
    progress(`[${index + 1}/${chosen.length}] ${regression.name}: ${regression.title} …`);
    const finding = await prove(engine, regression, () => buildAhead(chosen[index + 1]));
    findings.push(finding);
    progress(`  ${finding.verdict} in ${finding.seconds.toFixed(1)} s`);
  }

  printMatrix(findings);
  for (const alarm of falseAlarms) console.log(`${styleText('red', 'false alarm')} ${alarm}`);
  for (const sentence of loose) console.log(`${styleText('red', 'unclaimed')} ${sentence}`);
  const caught = findings.filter(({ verdict }) => verdict === 'caught').length;
  mkdirSync(reportsRoot, { recursive: true });
  writeFileSync(
    join(reportsRoot, 'kill-matrix.json'),
    JSON.stringify({ engine: engine.name, findings, falseAlarms, unclaimed: loose }, null, 2),
  );
  console.log(
    `\n${caught} of ${findings.length} caught, ${falseAlarms.length} false alarms on the clean fleet${options.clean ? '' : ' (not run)'}. ` +
      `Matrix: ${reportsRoot}/kill-matrix.json`,
  );
  const proven = caught === chosen.length && falseAlarms.length === 0 && loose.length === 0;
  return proven ? exitCodes.passed : exitCodes.productFailed;
});

/** Builds what the next regression needs while the specs of this one mostly wait; what fails here fails again there. */
async function buildAhead(next: Regression | undefined): Promise<void> {
  const changes = next?.change.sources;
  if (changes) await buildApps(shippedApps, { changes, signal: interruption }).catch(() => {});
}

async function prove(engine: Engine, regression: Regression, meanwhile: () => Promise<void>): Promise<Finding> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const reports = join(reportsRoot, regression.name);
  try {
    await using fleet = await engine.up({ changes: [regression.change], signal: interruption });
    await Promise.all([
      meanwhile(),
      runSpecs(fleet, {
        args: claiming([regression]),
        reports,
        regression: regression.name,
        quiet: true,
      }),
    ]);
    return { ...judge(regression, readResults(resultsIn(reports))), seconds: seconds() };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return {
      regression: regression.name,
      verdict: 'not run',
      evidence: [{ spec: '', message: error.message }],
      seconds: seconds(),
    };
  }
}

function printMatrix(findings: readonly Finding[]): void {
  const table = new Table({
    head: ['regression', 'verdict', 'seen by', 'as', 's'],
    colWidths: [30, 14, 34, 70, 7],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { regression, verdict, evidence, seconds } of findings) {
    const shown = verdict === 'caught' ? styleText('green', verdict) : styleText('red', verdict);
    const rows = evidence.length;
    const [first, ...others] = evidence.map(({ spec, message }) => [spec, message] as const);
    table.push([
      { content: regression, rowSpan: rows },
      { content: shown, rowSpan: rows },
      ...(first ?? ['', '']),
      { content: seconds.toFixed(1), rowSpan: rows },
    ]);
    for (const [spec, message] of others) table.push([spec, message]);
  }
  console.log(table.toString());
}
