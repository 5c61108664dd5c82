import { stripVTControlCharacters } from 'node:util';

/** The line of vitest's summary that counts tests (`Tests  1 failed | 996 passed (997)`), if the output has one. */
export const testCounts = (output: string): string | undefined =>
  /^ *(Tests {2}.*\d.*)$/m.exec(stripVTControlCharacters(output))?.[1]?.trim();
