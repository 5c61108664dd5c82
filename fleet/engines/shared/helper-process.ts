import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { abortError, throwIfAborted } from '../../abort.ts';
import { HarnessError } from '../../errors.ts';
import { runDirectory } from '../../run/state.ts';
import { lastLines } from './tail.ts';

const logLinesInErrors = 50;

interface HelperOptions<Message> extends Pick<SpawnOptions, 'cwd' | 'env'> {
  /** What it is called in errors; its output is in `<name>.log` of the run's folder. */
  name: string;
  args?: readonly string[];
  signal?: AbortSignal | undefined;
  /** Called with each message of the process. @returns whether it has started. */
  onMessage: (message: Message) => boolean;
}

/**
 * Starts a helper process of a run: `node <script> <run id> [<args>]`. This process holds the other end of its standard input,
 * and the kernel closes that when this process ends for any reason.
 * @returns its pid, when it says that it has started.
 */
export async function startHelper<Message>(
  script: string,
  runId: string,
  { name, args = [], signal, onMessage, ...options }: HelperOptions<Message>,
): Promise<number> {
  throwIfAborted(signal);
  const logFile = join(runDirectory(runId), `${name}.log`);
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [script, runId, ...args], {
    // In its own session: Ctrl-C in a terminal is meant for the owner, and a detached run outlives it.
    detached: true,
    stdio: ['pipe', log, log, 'ipc'],
    ...options,
  });
  closeSync(log);
  try {
    return await new Promise<number>((started, failed) => {
      signal?.addEventListener('abort', () => failed(abortError()), { once: true });
      child.once('error', failed);
      child.on('message', (message) => {
        try {
          if (onMessage(message as Message)) started(child.pid ?? 0);
        } catch (error) {
          failed(error);
        }
      });
      child.once('exit', (code, ended) => {
        failed(
          new HarnessError(
            `The ${name} of ${runId} ended (${ended ?? `exit code ${code}`}) before the fleet was up. Its last lines:\n` +
              lastLines(logFile, logLinesInErrors).join('\n'),
          ),
        );
      });
    });
  } finally {
    release(child);
  }
}

/** Lets this process end before the helper process. Until then the pipe to the helper's standard input stays open. */
function release(child: ChildProcess): void {
  if (child.connected) child.disconnect();
  child.removeAllListeners();
  // A later failure of the process must not crash its owner.
  child.on('error', () => {});
  child.stdin?.on('error', () => {});
  if (child.stdin instanceof Socket) child.stdin.unref();
  child.unref();
}
