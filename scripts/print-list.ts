/** Prints what `--list` of a command lists: a name and what it is, in two columns. */
export function printList(rows: ReadonlyArray<readonly [name: string, title: string]>): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, title] of rows) console.log(`${name.padEnd(width)}  ${title}`);
}
