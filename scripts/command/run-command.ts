import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { styleText } from 'node:util';
import { redact } from '../../e2e/report/redact.ts';
import { MockError } from '../../fixtures/authentik/settings/mock-error.ts';
import { exitCodes, HarnessError, ReportedError } from '../../fleet/errors.ts';
import { plainText } from '../../fleet/one-line.ts';
import { asHarnessError } from '../../fleet/run/file-system-fault.ts';
import { interruption } from './interruption.ts';

/** Exit code of a command that a signal ended: 128 + the signal's number, as shells report it (SIGINT is 2). */
const interrupted = 130;
/** How long an interrupted command waits for the reader of its output, milliseconds. */
const shutdownTimeoutMs = 2_000;

/** Runs a command to its exit code, and prints an error as {@link printError} does. */
export async function runCommand(command: () => Promise<number>): Promise<never> {
  let code: number;
  try {
    code = await command();
  } catch (thrown) {
    const errors = inOrder(thrown).map(asReported);
    const [error] = errors;
    code = error instanceof ReportedError ? error.exitCode : exitCodes.harnessFailed;
    for (const each of errors) if (!interruption.aborted || !(each instanceof DOMException)) printError(each);
  }
  return await exit(interruption.aborted ? interrupted : code);
}

/** Prints an error as a sentence; its stack only when `DEBUG` is set or when it is a bug of the harness. */
export function printError(thrown: unknown): void {
  const error = asReported(thrown);
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  process.stderr.write(`${styleText('red', 'error')} ${redact(plainText(message))}\n`);
  if (stack !== undefined && (process.env.DEBUG || !(error instanceof ReportedError)))
    process.stderr.write(`${redact(plainText(stack))}\n`);
}

/** An error, and those of the clean-up after it (`using`), in the order in which they were thrown. */
const inOrder = (thrown: unknown): unknown[] =>
  thrown instanceof SuppressedError ? [...inOrder(thrown.suppressed), ...inOrder(thrown.error)] : [thrown];

/** An error with its exit code, where it is known. The mock knows nothing of the harness, so its errors have none. */
const asReported = (error: unknown): unknown =>
  error instanceof MockError ? new HarnessError(error.message, { cause: error }) : asHarnessError(error);

/** Ends this process when its output has been read: `process.exit` drops what a slow reader of a pipe has not read. */
export async function exit(code: number): Promise<never> {
  await Promise.race([Promise.all([process.stdout, process.stderr].map(flushed)), shutdownTimeoutIsOver()]);
  process.exit(code);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    // A reader that is gone reads nothing more. That is not an error of the command.
    stream.on('error', () => resolve());
    stream.write('', () => resolve());
  });
}

async function shutdownTimeoutIsOver(): Promise<void> {
  if (!interruption.aborted) await once(interruption, 'abort');
  await delay(shutdownTimeoutMs);
}

/** Progress goes to standard error, so that standard output contains only results. */
export const progress = (line: string): void => {
  process.stderr.write(`${styleText('dim', plainText(line))}\n`);
};
