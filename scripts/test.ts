// `npm test`: the checks, then the suite. The suite's summary line comes last.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { exitCodes } from '../fleet/errors.ts';
import { commandLine } from './command-line.ts';
import { interruption } from './interruption.ts';
import { runCommand } from './run-command.ts';

commandLine('test')
  .description('Runs the gate (npm run check), then the suite (npm run e2e).')
  .addHelpText(
    'after',
    '\nExit codes: 0 all passed, 1 the gate or the product failed, 2 the harness failed, 77 cannot run here.',
  )
  .parse();

await runCommand(async () => {
  for (const command of ['check', 'e2e']) {
    const code = await run(command);
    if (code !== exitCodes.passed || interruption.aborted) return code;
  }
  return exitCodes.passed;
});

/** Runs a command, which is interrupted when this one is interrupted or killed. */
async function run(command: string): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, `${command}.ts`)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, DEZKY_ENDS_WITH_PARENT: '1' },
  });
  const forward = () => child.kill('SIGTERM');
  interruption.addEventListener('abort', forward);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  interruption.removeEventListener('abort', forward);
  return code ?? exitCodes.harnessFailed;
}
