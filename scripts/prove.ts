// `npm run prove`: checks that the suite notices regressions. It applies each regression and requires that its specs
// fail with the expected message.
import { Option } from 'commander';
import type { ExploreOptions } from '../e2e/explore/explore.ts';
import { engineNames } from '../fleet/engines/engines.ts';
import { commandLine, parseShard, positiveNumber, wholeNumber } from './command/command-line.ts';
import { runCommand } from './command/run-command.ts';
import type { ProveCommandOptions } from './prove/prove.ts';

const program = commandLine('prove')
  // `explore` has options of the same names.
  .enablePositionalOptions()
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
    '\nExit codes: 0 all caught and the clean fleet green, 1 not so, 2 the harness failed, 77 cannot run here (also when nothing was chosen).',
  )
  .action((names: string[], options: ProveCommandOptions) =>
    runCommand(async () => {
      const [{ prove }, { suite, mayBeInScripts }] = await Promise.all([
        import('./prove/prove.ts'),
        import('./product.ts'),
      ]);
      return prove(names, options, { engines: suite.engines, all: suite.regressions(), mayBeInScripts });
    }),
  );

program
  .command('explore')
  .description(
    'random sequences of actions of users, Authentik, Redis and the pods; each step is compared with a model of what users must see',
  )
  .option('--minutes <n>', 'how long to search', positiveNumber, 10)
  .option('--seed <n>', 'seed of the sequences; default: a new one', positiveNumber)
  .option('--from <n>', 'begin at the sequence of this number of the seed, as a failure prints it', wholeNumber)
  .addOption(
    new Option('--engine <name>', 'what runs the fleet (default: local, or that of --run)').choices(
      engineNames.filter((name) => name !== 'cluster'),
    ),
  )
  .addOption(
    new Option(
      '--run <id>',
      'use this fleet, which `npm run fleet -- up` started and nobody else uses, and leave it running',
    ).conflicts('regression'),
  )
  .option('--regression <name>', 'put this regression of the catalogue in, to see whether it is found')
  .option('--list', 'print the regressions that --regression takes, and stop')
  .addHelpText(
    'after',
    `
A failure is shrunk to a short sequence and written as a spec below e2e/found/. docs/explore.md describes the steps and the model. Ctrl-C while it shrinks keeps the shortest so far.
Exit codes: 0 nothing found, 1 a sequence failed, 2 the harness failed, 77 cannot run here.`,
  )
  .action((options: ExploreOptions) =>
    runCommand(async () => (await import('./explore/search-sequences.ts')).searchSequences(options)),
  );

await program.parseAsync();
