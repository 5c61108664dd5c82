import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { duration } from '../fleet/duration.ts';
import { exitCodes } from '../fleet/errors.ts';
import { interruption } from './interruption.ts';

/** The gate's priority: it gets what the suite leaves, because deadlines of the suite belong to the product. */
const lowPriority = 10;

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
  const gateOutput = held(checking.child);
  let stopped = false;
  const checked = checking.ended.then((result) => {
    stopped = result.code !== exitCodes.passed && testing.child.exitCode === null && testing.child.kill('SIGTERM');
    return result;
  });
  const tested = await testing.ended;
  gateOutput.show();
  const { code, ms } = await checked;
  if (code > exitCodes.productFailed) gateOutput.showErrors();
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

/** Keeps a program's output until it is shown; what comes later is shown as it comes. */
function held({ stdout, stderr }: Pick<ReturnType<typeof spawn>, 'stdout' | 'stderr'>) {
  const kept: string[] = [];
  const errors: string[] = [];
  let print = (text: string): void => void kept.push(text);
  stdout?.setEncoding('utf8').on('data', (text: string) => print(text));
  // The gate's progress, or the reason why it could not run.
  stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  return {
    show() {
      print = (text) => void process.stdout.write(text);
      print(kept.join(''));
    },
    showErrors: () => process.stderr.write(errors.join('')),
  };
}
