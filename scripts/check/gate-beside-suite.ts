import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { duration } from '../../fleet/duration.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { runProgram } from '../../fleet/programs.ts';
import { interruption } from '../command/interruption.ts';
import { reporting } from '../command/output.ts';

const words: Readonly<Record<number, string>> = {
  [exitCodes.passed]: 'passed',
  [exitCodes.productFailed]: 'failed',
  [exitCodes.cannotRunHere]: 'cannot run here',
};
const wordOf = (code: number): string => words[code] ?? 'not run';

/** Arguments of Node: a script and its own arguments. */
type Program = readonly string[];

/**
 * Runs the gate beside the suite, which waits for pods and pages half of the time. The suite's output is shown at once
 * and the gate's after it. When the gate fails, the suite is stopped, because its verdict no longer counts.
 * @returns the gate's exit code when it has not passed, otherwise the suite's.
 */
export async function gateBesideSuite({ gate, suite }: { gate: Program; suite: Program }): Promise<number> {
  const begin = performance.now();
  const ended = (code: number | null) => ({
    code: code ?? exitCodes.harnessFailed,
    took: duration(performance.now() - begin),
  });
  const env = { ...process.env, DEZKY_ENDS_WITH_PARENT: '1' };
  const testing = spawn(process.execPath, suite, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
  const stop = () => testing.kill('SIGTERM');
  interruption.addEventListener('abort', stop);
  let stopped = false;
  // With a lower priority it gets what the suite leaves, because the suite has deadlines.
  const checked = runProgram('nice', ['-n', '10', process.execPath, ...gate], {
    env,
    channel: true,
    abort: interruption,
  }).then(({ code, ...written }) => {
    stopped = code !== exitCodes.passed && testing.exitCode === null && stop();
    return { ...written, ...ended(code) };
  });
  const tested = ended(await once(testing, 'close').then(([code]: Array<number | null>) => code ?? null));
  const { code, took, stdout, stderr } = await reporting('The gate', checked);
  process.stdout.write(stdout);
  if (code > exitCodes.productFailed) process.stderr.write(stderr);
  console.log(`gate ${wordOf(code)} in ${took}, suite ${stopped ? 'stopped' : wordOf(tested.code)} in ${tested.took}`);
  return code === exitCodes.passed ? tested.code : code;
}
