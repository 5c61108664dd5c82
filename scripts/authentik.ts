// `npm run authentik`: the mock of Authentik alone, and what measures it.
import { Argument, Option } from 'commander';
import { runAuthentik, withMockOptions, type Flags } from '../fixtures/authentik/command.ts';
import { profileNames } from '../fixtures/authentik/settings/profile.ts';
import { exitCodes } from '../fleet/errors.ts';
import type { ConformanceOptions } from './authentik/conformance.ts';
import { examples, runExamples } from './authentik/examples.ts';
import { targetOption } from './command/authentik-option.ts';
import { commandLine, fromCallersFolder, positiveNumber, refusingUnknownCommands } from './command/command-line.ts';
import { interruption } from './command/interruption.ts';
import { runCommand } from './command/run-command.ts';

const program = refusingUnknownCommands(commandLine('authentik'))
  .description('The mock of Authentik: starts it alone, and measures how faithful it is.')
  .addHelpText('after', '\nExit codes: 0 passed, 1 something differs, 2 the harness failed, 77 cannot run here.');

withMockOptions(program.command('start', { isDefault: true }))
  .description('start a standalone mock and print what a client needs; Ctrl-C stops it (default)')
  .action((flags: Flags) =>
    runCommand(async () => {
      // The package reads paths from its own folder, which npm makes that of the repository.
      const config = flags.config === undefined ? {} : { config: fromCallersFolder(flags.config) };
      await runAuthentik({ ...flags, ...config }, interruption);
      return exitCodes.passed;
    }),
  );

program
  .command('conformance')
  .description('measure the 50 rows of the fidelity table of an Authentik, only over HTTP')
  .argument('[target]', '"mock", "container" or a URL (token: AUTHENTIK_TOKEN)', targetOption, 'mock')
  .addOption(new Option('--profile <version>', 'what to expect; default: by version').choices([...profileNames]))
  .option('--row <number...>', 'only these', (text, before: number[] = []) => [...before, positiveNumber(text)])
  .addOption(new Option('--clients', 'clients that others wrote sign in, in place of the rows').conflicts('row'))
  .option('--list', 'print the rows and what they expect, and measure nothing')
  .option('--json <file>', 'write the results as JSON', fromCallersFolder)
  .option('--ca <file>', "certificate authority of the server's certificate, in PEM", fromCallersFolder)
  .option('--callback-host <name>', 'name under which the server reaches this machine', '127.0.0.1')
  .action((target: string, options: ConformanceOptions) =>
    runCommand(async () => (await import('./authentik/conformance.ts')).measureConformance(target, options)),
  );

program
  .command('examples')
  .description('build the package mock-authentik and run its examples, which are tests')
  .addArgument(new Argument('[examples...]', 'only these').choices(Object.keys(examples)))
  .action((names: string[]) => runCommand(() => runExamples(names)));

await program.parseAsync();
