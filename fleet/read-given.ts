import { readFileSync } from 'node:fs';
import { HarnessError } from './errors.ts';

/** The text of a file that an option names; `-` is standard input. @throws HarnessError when it cannot be read. */
export function readGiven(file: string, option: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new HarnessError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}). Give ${option} a file.`);
  }
}
