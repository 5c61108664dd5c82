// `npm run bench`: measures costs and prints them.
import { commandLine, refusingUnknownCommands } from './command/command-line.ts';
import { runCommand } from './command/run-command.ts';

const program = refusingUnknownCommands(commandLine('bench'))
  .description('Measures costs and prints them.')
  .addHelpText('after', '\nExit codes: 0 measured, 1 the suite failed, 2 the harness failed, 77 cannot run here.');

program
  .command('fleet', { isDefault: true })
  .description('starts of a local fleet against their budget (default)')
  .action(() => runCommand(async () => (await import('./bench/fleet-starts.ts')).fleetStarts()));

program
  .command('suite')
  .description('the suite: wall time, CPU seconds by kind of process, slowest tests; writes e2e/durations*.json')
  .argument('[args...]', 'arguments of `npm run e2e`, after a second --')
  .action((args: string[]) => runCommand(async () => (await import('./bench/suite.ts')).suite(args)));

await program.parseAsync();
