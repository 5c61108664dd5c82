import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { duration } from '../../fleet/duration.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { interruption } from '../command/interruption.ts';

const words: Readonly<Record<number, string>> = {
  [exitCodes.passed]: 'passed',
  [exitCodes.productFailed]: 'failed',
  [exitCodes.cannotRunHere]: 'cannot run here',
};
const wordOf = (code: number): string => words[code] ?? 'not run';

/** Arguments of Node: a script and its own arguments. */
type Program = readonly string[];

/**
 * Runs the suite, and then the gate. Side by side on two cores, each takes longer than both in turn.
 * @returns the gate's exit code when it has not passed, otherwise the suite's.
 */
export async function suiteThenGate({ gate, suite }: { gate: Program; suite: Program }): Promise<number> {
  const tested = await run(suite);
  const checked = await run(gate);
  console.log(`suite ${wordOf(tested.code)} in ${tested.took}, gate ${wordOf(checked.code)} in ${checked.took}`);
  return checked.code === exitCodes.passed ? tested.code : checked.code;
}

/** Runs a program that ends with this process, and shows its output. */
async function run(program: Program): Promise<{ code: number; took: string }> {
  interruption.throwIfAborted();
  const begin = performance.now();
  const env = { ...process.env, FLEET_ENDS_WITH_PARENT: '1' };
  const child = spawn(process.execPath, program, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
  const stop = () => child.kill('SIGTERM');
  interruption.addEventListener('abort', stop);
  const [code] = (await once(child, 'close')) as [number | null];
  interruption.removeEventListener('abort', stop);
  return { code: code ?? exitCodes.harnessFailed, took: duration(performance.now() - begin) };
}
