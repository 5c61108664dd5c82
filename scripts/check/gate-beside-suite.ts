import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { getPriority, setPriority } from 'node:os';
import type { Readable } from 'node:stream';
import { duration } from '../../fleet/duration.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { interruption } from '../command/interruption.ts';

/** The gate's priority (nice), 10 above this one's: it gets what the suite leaves, because the suite has deadlines. */
const lowPriority = Math.min(19, getPriority() + 10);

const words: Readonly<Record<number, string>> = {
  [exitCodes.passed]: 'passed',
  [exitCodes.productFailed]: 'failed',
  [exitCodes.cannotRunHere]: 'cannot run here',
};

/** Arguments of Node: a script and its own arguments. */
type Program = readonly string[];

/**
 * Runs the gate beside the suite, which waits for pods and pages half of the time. The suite's output is shown at once
 * and the gate's after it. When the gate fails, the suite is stopped, because its verdict no longer counts.
 * @returns the gate's exit code when it has not passed, otherwise the suite's.
 */
export async function gateBesideSuite({ gate, suite }: { gate: Program; suite: Program }): Promise<number> {
  const [checking, testing] = [start(gate, 'pipe'), start(suite, 'inherit')];
  if (checking.child.pid) setPriority(checking.child.pid, lowPriority);
  const output = buffered(checking.child.stdout, process.stdout);
  // The gate's progress, or the reason why it could not run.
  const errors = buffered(checking.child.stderr, process.stderr);
  let stopped = false;
  const checked = checking.ended.then((result) => {
    stopped = result.code !== exitCodes.passed && testing.child.exitCode === null && testing.child.kill('SIGTERM');
    return result;
  });
  const tested = await testing.ended;
  output.flush();
  for (const stream of [output, errors]) stream.passThrough();
  const { code, ms } = await checked;
  if (code > exitCodes.productFailed) errors.flush();
  console.log(
    `gate ${wordOf(code)} in ${duration(ms)}, suite ${stopped ? 'stopped' : wordOf(tested.code)} in ${duration(tested.ms)}`,
  );
  return code === exitCodes.passed ? tested.code : code;
}

const wordOf = (code: number): string => words[code] ?? 'not run';

/** Starts a program, which is interrupted when this one is interrupted or killed. */
function start(program: Program, output: 'inherit' | 'pipe') {
  const begin = performance.now();
  const child = spawn(process.execPath, program, {
    stdio: ['inherit', output, output, 'ipc'],
    env: { ...process.env, DEZKY_ENDS_WITH_PARENT: '1' },
  });
  const forward = () => child.kill('SIGTERM');
  interruption.addEventListener('abort', forward);
  const ended = once(child, 'close').then(([code]: Array<number | null>) => {
    interruption.removeEventListener('abort', forward);
    return { code: code ?? exitCodes.harnessFailed, ms: performance.now() - begin };
  });
  return { child, ended };
}

/** Buffers a program's output until `flush`. After `passThrough` later output is written at once. */
function buffered(from: Readable | null, to: NodeJS.WriteStream) {
  const kept: string[] = [];
  const write = (text: string): void => void to.write(text);
  let take = (text: string): void => void kept.push(text);
  from?.setEncoding('utf8').on('data', (text: string) => take(text));
  return {
    flush: () => write(kept.splice(0).join('')),
    passThrough: () => void (take = write),
  };
}
