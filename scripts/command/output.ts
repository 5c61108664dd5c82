import { styleText } from 'node:util';
import { duration } from '../../fleet/duration.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { progress } from './run-command.ts';

export function inColumns(rows: ReadonlyArray<readonly string[]>): string[] {
  const [first = []] = rows;
  const widths = first.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Prints what `--list` of a command lists: a name and what it is, in two columns. */
export const printList = (rows: ReadonlyArray<readonly [name: string, title: string]>): void =>
  inColumns(rows).forEach((line) => console.log(line));

/** Prints the findings of a check, one sentence per line, and a summary. @returns the exit code. */
export function printFindings(findings: readonly { sentence: string }[], allWell: string): number {
  for (const { sentence } of findings) console.log(`${styleText('red', '✗')} ${sentence}`);
  if (findings.length === 0) {
    console.log(`${styleText('green', '✓')} ${allWell}`);
    return exitCodes.passed;
  }
  console.log(`${findings.length} ${findings.length === 1 ? 'fault' : 'faults'}.`);
  return exitCodes.productFailed;
}

/** How often a command that takes long says what it does, milliseconds. */
const statusEveryMs = 30_000;

/** Prints these lines every half minute until it is disposed. */
export function reportEvery(lines: () => readonly string[]): Disposable {
  const timer = setInterval(() => lines().forEach(progress), statusEveryMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** The result of work that takes a while; meanwhile its name and the time that has passed are printed. */
export async function reporting<Result>(what: string, work: Promise<Result>): Promise<Result> {
  const begin = performance.now();
  using scope = new DisposableStack();
  scope.use(reportEvery(() => [`${what} … ${duration(performance.now() - begin)}`]));
  return await work;
}
