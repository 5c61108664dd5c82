import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { styleText } from 'node:util';
import { redactRecognizable } from '../e2e/reporters/redact.ts';
import { exitCodes, ReportedError } from '../fleet/errors.ts';
import { asHarnessError } from '../fleet/run/file-system-fault.ts';
import { interruption } from './interruption.ts';

/** Exit code of a command that a signal ended: 128 + the signal's number, as shells report it (SIGINT is 2). */
const interrupted = 130;
/** How long a verb that was interrupted waits for who reads its output, milliseconds. */
const patienceMs = 2_000;

/** Runs a command to its exit code; an error becomes a sentence, with its stack only when `DEBUG` is set. */
export async function runCommand(command: () => Promise<number>): Promise<never> {
  let code: number;
  try {
    code = await command();
  } catch (thrown) {
    const error = asHarnessError(thrown);
    code = error instanceof ReportedError ? error.exitCode : exitCodes.harnessFailed;
    if (!interruption.aborted || !(error instanceof DOMException)) {
      process.stderr.write(
        `${styleText('red', 'error')} ${redactRecognizable(error instanceof Error ? error.message : String(error))}\n`,
      );
      if (process.env.DEBUG || !(error instanceof ReportedError))
        process.stderr.write(`${redactRecognizable(String((error as Error).stack))}\n`);
    }
  }
  return await exit(interruption.aborted ? interrupted : code);
}

/** Ends this process once its output has been taken: `process.exit` drops what a slow reader of a pipe has not read yet. */
export async function exit(code: number): Promise<never> {
  await Promise.race([Promise.all([process.stdout, process.stderr].map(flushed)), patienceIsOver()]);
  process.exit(code);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    // A reader that has gone takes nothing more, which is no fault of the verb.
    stream.on('error', () => resolve());
    stream.write('', () => resolve());
  });
}

async function patienceIsOver(): Promise<void> {
  if (!interruption.aborted) await once(interruption, 'abort');
  await delay(patienceMs);
}

/** Progress goes to standard error, so that standard output holds results alone. */
export const progress = (line: string): void => {
  process.stderr.write(`${styleText('dim', line)}\n`);
};
