// `npm run repro`: shows a regression live, or finds the one that explains what a user's browser recorded.
import { Option } from 'commander';
import { engineNames } from '../fleet/engines/engines.ts';
import { engineOf } from '../fleet/product/fleet.ts';
import { regressionNamed } from '../fixtures/regression.ts';
import { HarnessError } from '../fleet/errors.ts';
import { commandLine } from './command/command-line.ts';
import { runCommand } from './command/run-command.ts';
import type { RecordingOptions } from './repro/explain-recording.ts';

interface Options extends RecordingOptions {
  engine: string;
  list?: true;
  fixed?: true;
}

const recordings = ['har', 'trace', 'curl'];

const program = commandLine('repro')
  .description('Shows a regression live on a fleet, or finds out from a recording of a browser why a user saw 401s.')
  .argument('[regression]', 'its name; without one and without a recording, the catalogue is listed')
  .addOption(new Option('--engine <name>', 'what runs the fleet').choices(engineNames).default('local'))
  .option('--list', 'print the catalogue and stop')
  .addOption(new Option('--fixed', 'show the same on a fleet without the regression').conflicts(recordings))
  .option('--har <file>', 'a HAR of a browser that saw 401s')
  .option('--trace <file>', 'a trace.zip of Playwright')
  .option('--curl <command>', 'a curl command that was answered 401; - reads it from standard input')
  .option('--map <host=app...>', 'which host of the recording is which app, or auth')
  .option('--faults <names>', 'the regressions to replay, with commas', (text) => text.split(','))
  .addHelpText(
    'after',
    '\ndocs/repro.md says how to record. Exit codes: 0 shown, or a replay reproduces the recording (with --fixed: it does not show), 1 not so,\n' +
      '2 the harness failed or the input is no recording of these apps, 77 cannot run here.',
  )
  .parse();
const options = program.opts<Options>();
const [name] = program.args;

await runCommand(async () => {
  const { regressions } = await import('../fixtures/regressions/catalogue.ts');
  const { explainRecording, readBrowserRecording } = await import('./repro/explain-recording.ts');
  const engine = engineOf(options.engine);
  const recording = await readBrowserRecording(options, name);
  if (recording) return explainRecording(recording, { ...options, engine });
  if (!name && options.fixed)
    throw new HarnessError('--fixed needs the name of a regression. See: npm run repro -- --list');
  if (!name || options.list)
    return (await import('./command/regression-option.ts')).printCatalogue(regressions(), name);
  const { showRegression } = await import('./repro/show-regression.ts');
  return showRegression(regressionNamed(name, regressions()), { engine, fixed: options.fixed ?? false });
});
