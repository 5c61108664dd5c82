import { exitCodes, HarnessError } from '../../fleet/errors.ts';

/** 128 + SIGINT, as a shell counts. */
const interrupted = 130;

/** Prints an error as its sentence, or with its stack when nobody foresaw it. Returns the exit code it means. */
export function reportError(error: unknown): number {
  if (error instanceof HarnessError) {
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof Error && error.name === 'AbortError') {
    process.stderr.write('Interrupted. Nothing was left behind.\n');
    return interrupted;
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return exitCodes.harnessFailed;
}
