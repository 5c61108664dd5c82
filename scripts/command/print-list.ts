import { regressions } from '../../fixtures/regressions/catalogue.ts';
import { exitCodes } from '../../fleet/errors.ts';

/** Prints what `--list` of a command lists: a name and what it is, in two columns. */
export function printList(rows: ReadonlyArray<readonly [name: string, title: string]>): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, title] of rows) console.log(`${name.padEnd(width)}  ${title}`);
}

/** Prints every regression, for commands that take one. @returns the exit code of the command */
export async function printCatalogue(): Promise<number> {
  printList((await regressions()).map(({ name, title }) => [name, title]));
  return exitCodes.passed;
}
