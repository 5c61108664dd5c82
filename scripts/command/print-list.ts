import { styleText } from 'node:util';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import type { Regression } from '../../fixtures/regressions/regression.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';

/** Prints what `--list` of a command lists: a name and what it is, in two columns. */
export function printList(rows: ReadonlyArray<readonly [name: string, title: string]>): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, title] of rows) console.log(`${name.padEnd(width)}  ${title}`);
}

/** Prints regressions by area. */
export function printRegressions(chosen: readonly Regression[]): void {
  for (const [area, its] of Map.groupBy(chosen, ({ area }) => area)) {
    console.log(styleText('bold', `\n${area}`));
    printList(its.map(({ name, title }) => [`  ${name}`, title]));
  }
}

/**
 * Prints the catalogue, for commands that take a regression.
 * @param filter text that the area, the name or the title contains.
 */
export function printCatalogue(filter = ''): number {
  const text = filter.toLowerCase();
  const chosen = regressions().filter((regression) =>
    [regression.area, regression.name, regression.title].some((part) => part.toLowerCase().includes(text)),
  );
  if (chosen.length === 0)
    throw new HarnessError(
      `No regression has "${filter}" in its area, name or title. Run without it to see all of them.`,
    );
  printRegressions(chosen);
  return exitCodes.passed;
}
