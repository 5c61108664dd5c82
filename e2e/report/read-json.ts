import { existsSync, readFileSync } from 'node:fs';
import { HarnessError } from '../../fleet/errors.ts';

/** The content of a JSON file; undefined without it. @throws HarnessError with the remedy when it is damaged. */
export function readJson<Content>(file: string, remedy: string): Content | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Content;
  } catch (cause) {
    throw new HarnessError(`${file} is damaged. Make it anew: ${remedy}`, { cause });
  }
}
