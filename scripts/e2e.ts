// `npm run e2e`: the main job. A fleet, the suite, a verdict.
import { Option } from 'commander';
import { engineNames } from '../fleet/engines/engines.ts';
import type { Engine, Fleet } from '../fleet/engines/shared/engine.ts';
import { commandLine } from './command-line.ts';
import { engineToUse } from './engine-to-use.ts';
import { interruption } from './interruption.ts';
import { checkReports, reportsOf } from './reports.ts';
import { exitCodeOf, runSpecs } from './runner.ts';
import { progress, runCommand } from './run-command.ts';

const program = commandLine('e2e')
  .description('Starts a fleet, proves on it what the specs claim, and takes it down again.')
  .argument('[specs...]', 'only these files or folders below e2e/')
  .addOption(
    new Option('--engine <name>', 'what runs the fleet (default: local, or that of --run)').choices(engineNames),
  )
  .option('-g, --grep <pattern>', 'only tests whose title or tag matches, e.g. @memory-sessions')
  .option('--run <id>', 'use this fleet, which `npm run fleet -- up` started, and leave it running')
  .option('--keep', 'use the fleet that an earlier --keep left, or start one, and leave it running')
  .option('--headed', 'show the browser')
  .option('--trace <mode>', 'Playwright trace mode: on, off, retain-on-failure')
  .option('--repeat-each <n>', 'run every test this often')
  .addHelpText(
    'after',
    `
Reports: reports/latest/html (npx playwright show-report reports/latest/html), junit.xml and results.json beside it.
Exit codes: 0 all passed, 1 the product failed, 2 the harness failed, 77 cannot run here.`,
  )
  .parse();
const options = program.opts<{
  engine?: string;
  grep?: string;
  run?: string;
  keep?: true;
  headed?: true;
  trace?: string;
  repeatEach?: string;
}>();

const passedOn = [
  ...program.args,
  ...(options.grep ? ['--grep', options.grep] : []),
  ...(options.headed ? ['--headed'] : []),
  ...(options.trace ? ['--trace', options.trace] : []),
  ...(options.repeatEach ? ['--repeat-each', options.repeatEach] : []),
];

await runCommand(async () => {
  checkReports();
  const engine = engineToUse(options);
  const prove = async (fleet: Fleet) =>
    exitCodeOf(
      await runSpecs(fleet, { args: passedOn, reports: reportsOf(fleet.runId), since: performance.timeOrigin }),
    );
  if (options.run) return prove(await engine.attach(options.run));
  if (options.keep) return prove(await keptFleet(engine));
  await using fleet = await engine.up({ onProgress: progress, signal: interruption });
  // Awaited here, because the fleet goes down when this function returns.
  return await prove(fleet);
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
