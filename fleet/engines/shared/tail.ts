import { readFileSync } from 'node:fs';
import { unlessGone } from '../../run/file-system-fault.ts';

/** The last lines of a text file; none when the file does not exist. */
export function lastLines(file: string, count: number): string[] {
  const text = unlessGone(() => readFileSync(file, 'utf8'));
  if (text === undefined) return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.slice(-count);
}
