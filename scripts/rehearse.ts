// `npm run rehearse`: tries other versions of what the fleet stands on, and says what users would see.
import { commandLine } from './command/command-line.ts';
import { runCommand } from './command/run-command.ts';
import { partsHelp, printNewest } from './rehearse/parts.ts';
import type { RehearseOptions } from './rehearse/rehearse.ts';

const program = commandLine('rehearse')
  .description(
    'Tries other versions of what the fleet stands on, in a temporary clone of the last commit: the gate, the suite and the regressions. It says what users would see.',
  )
  .argument('[steps...]', 'only these of gate, suite and prove, or regressions to prove only those')
  .option('--with <part@version>', 'what to try; repeatable', (text, before: string[] = []) => [...before, text])
  .option('--mixed', 'roll from today’s build to that one under traffic and back, instead of the steps')
  .option('--list', 'print what can be tried, with the newest versions of packages, and stop')
  .addHelpText(
    'after',
    `
${partsHelp}
What it found is in docs/versions.md. Reports: reports/rehearsal/.
Exit codes: 0 users would see no difference, 1 they would, 2 the harness failed, 77 cannot run here.`,
  )
  .parse();

const options = program.opts<RehearseOptions & { list?: true }>();
await runCommand(async () =>
  options.list ? printNewest() : (await import('./rehearse/rehearse.ts')).rehearse(program.args, options),
);
