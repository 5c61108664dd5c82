// `npm run repro`: shows a regression live, or finds the one that explains what a user's browser recorded.
import { Option } from 'commander';
import { engineNames, engineOf } from '../fleet/engines/engines.ts';
import { exitCodes, HarnessError } from '../fleet/errors.ts';
import { regressionNamed } from '../fixtures/regressions/catalogue.ts';
import { commandLine, positiveNumber } from './command/command-line.ts';
import { parseFaults, type Faults } from './repro/candidates.ts';
import { fromRecording } from './repro/from-recording.ts';
import { fromCallersFolder } from './command/callers-folder.ts';
import { measureRate } from './repro/rate.ts';
import { readInput, type Inputs } from './repro/read-input.ts';
import { checkOptions } from './repro/options.ts';
import { recordHar } from './repro/record.ts';
import { showRegression } from './repro/show-regression.ts';
import { printCatalogue } from './command/print-list.ts';
import { runCommand } from './command/run-command.ts';

interface Options extends Inputs {
  engine: string;
  list?: true;
  fixed?: true;
  map?: string[];
  seed: number;
  faults: Faults;
  writeSpec?: string;
  force?: true;
  recordHar?: string;
  pods: boolean;
  rate?: string;
}

const collect = (text: string, earlier: readonly string[] = []): string[] => [...earlier, text];

const program = commandLine('repro')
  .description(
    'Shows one regression of the catalogue live on a fleet, or finds out why a user saw 401s: from a HAR, a trace or a curl command.',
  )
  .argument('[regression]', 'its name; without one and without a recording, the catalogue is listed')
  .addOption(new Option('--engine <name>', 'what runs the fleet').choices(engineNames).default('local'))
  .option('--list', 'print the catalogue and stop')
  .option('--fixed', 'show the same on a fleet without the regression')
  .option('--har <file>', 'a HAR of a browser that saw 401s')
  .option('--trace <file>', 'a trace.zip of Playwright')
  .option(
    '--curl <command>',
    'a curl command that was answered 401; - reads it from standard input, where npm neither prints nor logs it',
  )
  .option('--map <host=app>', 'which host of the recording is which app, or auth (repeatable)', collect)
  .addOption(
    new Option(
      '--faults <which>',
      'which regressions to try: plausible, all, none, at most a number, or names with commas',
    )
      .argParser(parseFaults)
      .default('plausible'),
  )
  .option('--seed <n>', 'of the pods, when the recording does not name them', positiveNumber, 1)
  .option('--write-spec <file>', 'write the shortest sequence as a spec, such as e2e/found/refused.spec.ts')
  .option('--force', 'with --write-spec: overwrite the file')
  .option('--record-har <file>', 'write what a browser sees of the regression, as a HAR without secrets')
  .option('--no-pods', 'with --record-har: as a proxy that hides which pod and revision answered')
  .addOption(
    new Option('--rate <folder>', 'how often the right fault is named, for recordings in files <name>.har').conflicts([
      'har',
      'trace',
      'curl',
    ]),
  )
  .addHelpText(
    'after',
    `
docs/repro.md says how to record, and what the answer means. Of a recording only times, statuses, pods, revisions and
known paths are used: no token, cookie or body is kept or written.
Exit codes: 0 shown or explained (with --fixed: not there), 1 not so, or this code does it without a fault; 2 the harness
failed or the input is no recording of these apps, 77 cannot run here.`,
  )
  .parse();
const options = program.opts<Options>();
const [name] = program.args;

await runCommand(async () => {
  const engine = engineOf(options.engine);
  if (options.list) return printCatalogue(name);
  if (options.rate !== undefined) {
    if (name)
      throw new HarnessError(`${name} and --rate do not go together: the files of the folder name their faults.`);
    checkOptions(program, 'folder');
    return measureRate(fromCallersFolder(options.rate), { engine, seed: options.seed });
  }
  const input = readInput(options);
  if (input && name)
    throw new HarnessError(`${name} and a recording do not go together. To try only this one: --faults ${name}`);
  checkOptions(program, input ? 'recording' : name ? 'regression' : 'catalogue');
  if (input) return fromRecording(input, { ...options, engine });
  if (!name) return printCatalogue();
  const regression = await regressionNamed(name);
  if (options.recordHar === undefined) return showRegression(regression, { engine, fixed: options.fixed ?? false });
  await recordHar(regression, { engine, file: fromCallersFolder(options.recordHar), withoutPods: !options.pods });
  console.log(`${options.recordHar} is written. Explain it: npm run repro -- --har ${options.recordHar}`);
  return exitCodes.passed;
});
