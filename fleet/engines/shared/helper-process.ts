import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';

/**
 * Starts a helper process of a run: `node <script> <run id> [<args>]`. This process holds the other end of its standard input,
 * and the kernel closes that when this process ends for any reason.
 * @param logFile receives its output; its standard output can be piped instead.
 */
export function startHelper(
  script: string,
  runId: string,
  logFile: string,
  {
    stdout,
    ipc = false,
    args = [],
    ...options
  }: Pick<SpawnOptions, 'cwd' | 'env'> & { stdout?: 'pipe'; ipc?: boolean; args?: readonly string[] } = {},
): ChildProcess {
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [script, runId, ...args], {
    // In its own session: Ctrl-C in a terminal is meant for the owner, and a detached run outlives it.
    detached: true,
    stdio: ['pipe', stdout ?? log, log, ...(ipc ? (['ipc'] as const) : [])],
    ...options,
  });
  closeSync(log);
  return child;
}

/** Lets this process end before the helper process. Until then the pipe to the helper's standard input stays open. */
export function releaseHelper(child: ChildProcess): void {
  if (child.connected) child.disconnect();
  child.removeAllListeners();
  // A later failure of the process must not crash its owner.
  child.on('error', () => {});
  child.stdin?.on('error', () => {});
  if (child.stdin instanceof Socket) child.stdin.unref();
  child.stdout?.destroy();
  child.unref();
}
