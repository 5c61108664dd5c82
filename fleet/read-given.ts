import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { HarnessError } from './errors.ts';

/** The text of a file that an option names; `-` is standard input. @throws HarnessError when it cannot be read. */
export async function readGiven(file: string, option: string): Promise<string> {
  try {
    // A read of its descriptor fails with EAGAIN where npm made the pipe non-blocking.
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new HarnessError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}). Give ${option} a file.`);
  }
}
