// `npm test`: the suite and the gate.
import { join } from 'node:path';
import { commandLine } from './command/command-line.ts';
import { suiteThenGate } from './check/suite-then-gate.ts';
import { runCommand } from './command/run-command.ts';

commandLine('test')
  .description('Runs the suite (npm run e2e), and then the gate (npm run check).')
  .addHelpText(
    'after',
    '\nExit codes: 0 all passed, 1 the gate or the product failed, 2 the harness failed, 77 cannot run here.',
  )
  .parse();

const script = (command: string): string[] => [join(import.meta.dirname, `${command}.ts`)];

await runCommand(() => suiteThenGate({ gate: script('check'), suite: script('e2e') }));
