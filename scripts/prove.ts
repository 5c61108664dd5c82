// `npm run prove`: checks that the suite notices regressions. It applies each regression and requires that its specs
// fail with the expected message.
import { Option } from 'commander';
import { engineNames, engineOf } from '../fleet/engines/engines.ts';
import { exitCodes } from '../fleet/errors.ts';
import { regressionNamed, regressions } from '../fixtures/regressions/catalogue.ts';
import { commandLine, positiveNumber } from './command/command-line.ts';
import { changedSince } from './prove/changed-since.ts';
import { proveMutants } from './prove/mutants/prove-mutants.ts';
import { parseShard, shardOf, type Shard } from './runner/shard.ts';
import { printRegressions } from './command/regression-option.ts';
import { checkReports } from './runner/reports.ts';
import { progress, runCommand } from './command/run-command.ts';
import { proveCatalogue } from './prove/prove-catalogue.ts';

const program = commandLine('prove')
  .description(
    'Applies each regression of the catalogue and checks that the specs which claim it fail with the stated message.',
  )
  .argument('[regressions...]', 'only these (default: the whole catalogue)')
  .addOption(new Option('--engine <name>', 'what runs the fleets').choices(engineNames).default('local'))
  .option(
    '--jobs <n>',
    'how many regressions at once, each on a fleet of its own; default: by cores and memory',
    positiveNumber,
  )
  .option('--changed <ref>', 'only regressions whose file, specs or changed product files differ from this commit')
  .option('--shard <i/n>', 'only the i-th of n parts', parseShard)
  .option('--no-clean', 'leave out the run on the clean fleet that shows false alarms')
  .addOption(
    new Option(
      '--mutants [files...]',
      'instead of regressions: mutants of these files, folders or ids, or of all apps (docs/mutation.md)',
    ).conflicts(['changed', 'shard']),
  )
  .option('--sample <n>', 'only so many mutants, chosen at random', positiveNumber)
  .option('--seed <n>', 'of the sample', positiveNumber, 1)
  .option('--list', 'print the catalogue, or the mutants, and stop')
  .addHelpText(
    'after',
    '\nExit codes: 0 all caught and the clean fleet green, 1 not so, 2 the harness failed, 77 cannot run here, or has nothing to prove.',
  )
  .parse();
const options = program.opts<{
  engine: string;
  jobs?: number;
  changed?: string;
  shard?: Shard;
  clean: boolean;
  mutants?: true | string[];
  sample?: number;
  seed: number;
  list?: true;
}>();

const listCommand = 'npm run prove -- --list';

await runCommand(async () => {
  if (options.mutants !== undefined) {
    const { mutants, engine, list = false, jobs, sample, seed } = options;
    return proveMutants(engineOf(engine), { only: mutants === true ? [] : mutants, list, jobs, sample, seed });
  }
  const all = regressions();
  const named =
    program.args.length > 0 ? [...new Set(program.args)].map((name) => regressionNamed(name, listCommand)) : all;
  const changed = options.changed === undefined ? named : await changedSince(options.changed, named);
  const chosen = options.shard ? shardOf(options.shard, changed) : changed;
  if (options.list) {
    printRegressions(chosen);
    return exitCodes.passed;
  }
  if (chosen.length === 0) {
    progress(`No regression is chosen, so there is nothing to prove. See: ${listCommand}`);
    return exitCodes.cannotRunHere;
  }
  checkReports();
  const engine = engineOf(options.engine);
  return await proveCatalogue(engine, {
    chosen,
    isPart: chosen.length < all.length,
    withClean: options.clean,
    jobs: options.jobs,
  });
});
