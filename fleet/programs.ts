import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';

export interface Ended {
  /** Exit code; null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Both streams in the order in which their data arrived. */
  output: string;
}

interface RunOptions extends Pick<SpawnOptions, 'cwd' | 'env' | 'shell' | 'detached'> {
  /** Whether the program, a Node process, has an IPC channel to this process, which closes when this process ends. */
  channel?: boolean;
  onStart?: (pid: number) => void | Promise<void>;
  /**
   * Ends the program and all its descendants with `abortBy`. When it has ended before, the result is returned as usual.
   */
  abort?: AbortSignal | undefined;
  abortBy?: NodeJS.Signals;
}

/**
 * Runs a program to its end and collects its output. Code that starts long-lived processes such as pods, writes to the
 * terminal, or sends other signals uses `spawn`.
 * @throws the error of the start, such as ENOENT.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { channel = false, onStart, abort, abortBy = 'SIGTERM', detached = abort !== undefined, ...options }: RunOptions = {},
): Promise<Ended> {
  // With `abort` it has its own process group, so that its children can be ended with it.
  const child = spawn(program, args, {
    ...options,
    detached,
    stdio: ['ignore', 'pipe', 'pipe', ...(channel ? (['ipc'] as const) : [])],
  });
  const written = { stdout: '', stderr: '', output: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text;
      written.output += text;
    });
  }
  const closed = once(child, 'close') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  const { pid } = child;
  const end = (): void => {
    if (pid !== undefined) send(-pid, abortBy);
  };
  abort?.addEventListener('abort', end, { once: true });
  if (abort?.aborted) end();
  try {
    if (pid !== undefined) await onStart?.(pid);
    const [code, signal] = await closed;
    return { code, signal, ...written };
  } finally {
    abort?.removeEventListener('abort', end);
  }
}

/** Sends a signal to a process or, with a negative number, to a group. Ignores one that has ended. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Arguments and environment of a Node program that ends with this process. It needs a channel.
 * @param what the `group` ends with it, or the `process` alone, whose children then clean up by themselves.
 */
export const endingWithParent = (what: 'group' | 'process') => ({
  args: ['--import', new URL('ends-with-parent.ts', import.meta.url).href],
  env: { FLEET_CHILD_ENDS_WITH_PARENT: what },
});

/** Those of these variables that this process has. */
export const variablesHere = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );

/** The PATH of a program of a fleet: the Node that runs this also runs it. @param first folders that come before. */
export const programPath = (...first: readonly string[]): string =>
  [...first, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
