// `npm test`: the checks beside the suite.
import { join } from 'node:path';
import { commandLine } from './command/command-line.ts';
import { gateBesideSuite } from './check/gate-beside-suite.ts';
import { runCommand } from './command/run-command.ts';

commandLine('test')
  .description(
    'Runs the gate (npm run check) and the suite (npm run e2e) in parallel. When the gate fails, it stops the suite.',
  )
  .addHelpText(
    'after',
    '\nExit codes: 0 all passed, 1 the gate or the product failed, 2 the harness failed, 77 cannot run here.',
  )
  .parse();

const script = (command: string): string[] => [join(import.meta.dirname, `${command}.ts`)];

await runCommand(() => gateBesideSuite({ gate: script('check'), suite: script('e2e') }));
