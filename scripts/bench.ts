// `npm run bench`: measures costs relative to each other in one run. It prints results, and fails only with --check.
import { Argument } from 'commander';
import { exitCodes } from '../fleet/errors.ts';
import { capacity } from './bench/capacity/capacity.ts';
import { edge } from './bench/edge.ts';
import { fleetStarts } from './bench/fleet-starts.ts';
import { growth, partNames as growthNames, type Part } from './bench/growth/growth.ts';
import { partNames, peers } from './bench/peers/peers.ts';
import { exitCodeOf } from './bench/start-budget.ts';
import { suite } from './bench/suite.ts';
import { commandLine, refusingUnknownCommands } from './command/command-line.ts';
import { runCommand } from './command/run-command.ts';

const printNames = (names: readonly string[]): number => {
  console.log(names.join('\n'));
  return exitCodes.passed;
};

const program = refusingUnknownCommands(commandLine('bench'))
  .description('Measures costs and prints them.')
  .addHelpText(
    'after',
    '\nExit codes: 0 measured, 1 over a budget with --check, or the suite failed, 2 the harness failed, 77 cannot run here.',
  );

program
  .command('fleet', { isDefault: true })
  .description('the edge against a direct call, and starts of a local fleet against their budget (default)')
  .option('--check', 'exit with 1 when a budget is exceeded')
  .action(({ check = false }: { check?: boolean }) =>
    runCommand(async () => {
      await edge();
      const code = exitCodeOf(await fleetStarts(), { check });
      if (code !== exitCodes.passed) console.log('A budget is exceeded: see above.');
      return code;
    }),
  );

program
  .command('suite')
  .description('the suite: wall time, CPU seconds by kind of process, idle share, and every test on a time line')
  .argument('[args...]', 'arguments of `npm run e2e`, after a second --')
  .option('--against <ref>', 'also the suite of this commit, before, and both side by side')
  .action((args: string[], { against }: { against?: string }) => runCommand(() => suite(args, against)));

program
  .command('peers')
  .description('parts of the harness compared with common alternatives, measured in turns')
  .addArgument(new Argument('[parts...]', 'only these parts').choices(partNames))
  .option('--list', 'print the parts and stop')
  .action((parts: string[], { list }: { list?: true }) =>
    runCommand(async () => (list ? printNames(partNames) : peers(parts))),
  );

program
  .command('growth')
  .description('how costs grow with replicas, sessions, rows of the ledger, regressions and tests, as exponents')
  .addArgument(new Argument('[parts...]', 'only these').choices(growthNames))
  .option('--list', 'print the parts and stop')
  .action((names: Part[], { list }: { list?: true }) =>
    runCommand(async () => {
      if (list) return printNames(growthNames);
      await growth(names);
      return exitCodes.passed;
    }),
  );

program
  .command('capacity')
  .description('the cost of one session for Redis, the pods and Authentik, and what many sessions need')
  .action(() =>
    runCommand(async () => {
      await capacity();
      return exitCodes.passed;
    }),
  );

await program.parseAsync();
