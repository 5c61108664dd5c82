import { spawn } from 'node:child_process';
import type { SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { HarnessError } from '../../../fleet/errors.ts';
import { until } from '../../../fleet/until.ts';
import { interruption } from '../../command/interruption.ts';

/** A program needs this long at most on a busy machine. */
const startTimeoutMs = 60_000;
/** Much shorter than what is measured, and long enough to leave the processor to the program. */
const pollMs = 10;

export interface RunningProgram extends AsyncDisposable {
  readonly pid: number;
  /** Polls until the program serves; an error when it ends before. */
  waitUntil(serves: () => Promise<boolean>): Promise<void>;
}

/** Spawns a program. Disposing it kills it, for it holds nothing to keep; an interruption makes the caller do so. */
export function startProgram(
  file: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'>,
): RunningProgram {
  interruption.throwIfAborted();
  // In its own session, as the engine starts a pod: Linux divides the processor between sessions, not processes.
  const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const called = [file, ...args].join(' ');
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  let ended: string | undefined;
  const end = new Promise<void>((resolve) => {
    child.once('error', (error) => resolve(void (ended = error.message)));
    child.once('exit', (code, signal) => resolve(void (ended = signal ?? `exit code ${code}`)));
  });
  const failure = (why: string): HarnessError => new HarnessError(`${called}: ${why}. Its errors:\n${errors}`);
  return {
    pid: child.pid ?? 0,
    waitUntil: async (serves) => {
      await until(
        () => {
          if (ended !== undefined) throw failure(`it ended (${ended})`);
          return serves();
        },
        {
          timeoutMs: startTimeoutMs,
          intervalMs: pollMs,
          failure: () => failure(`it does not serve after ${startTimeoutMs} ms`),
          signal: interruption,
        },
      );
    },
    [Symbol.asyncDispose]: async () => {
      if (ended !== undefined) return;
      child.kill('SIGKILL');
      await end;
    },
  };
}

/** Whether a port accepts connections. */
export async function accepts(port: number, host: string): Promise<boolean> {
  const socket = connect({ port, host });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
