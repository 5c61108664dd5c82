import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Finding } from './kill-matrix.ts';

/** What `prove` leaves behind for each engine. */
export interface KillMatrix {
  engine: string;
  findings: Finding[];
  /** Red tests on the clean fleet; undefined when it was not run. */
  falseAlarms?: string[];
  /** Where specs and regressions do not name each other. */
  unclaimed: string[];
}

const plain = { head: [], border: [] };
const painted = (verdict: Finding['verdict']): string =>
  styleText(verdict === 'caught' ? 'green' : verdict === 'not applicable' ? 'dim' : 'red', verdict);

/** Regressions against the specs that saw them, each with the words it was seen by. */
export function matrixTable(findings: readonly Finding[]): string {
  const table = new Table({
    head: ['regression', 'verdict', 'seen by', 'as', 's'],
    colWidths: [30, 16, 34, 70, 7],
    wordWrap: true,
    style: plain,
  });
  for (const { regression, verdict, evidence, seconds } of findings) {
    const rowSpan = evidence.length;
    const [first, ...others] = evidence.map(({ spec, message }) => [spec, message] as const);
    table.push([
      { content: regression, rowSpan },
      { content: painted(verdict), rowSpan },
      ...(first ?? ['', '']),
      { content: seconds.toFixed(1), rowSpan },
    ]);
    for (const [spec, message] of others) table.push([spec, message]);
  }
  return table.toString();
}

/** Verdict by verdict, one column an engine; a row that differs is marked. */
export function comparisonTable(matrices: readonly KillMatrix[]): string {
  const table = new Table({ head: ['regression', ...matrices.map(({ engine }) => engine), ''], style: plain });
  const names = new Set(matrices.flatMap(({ findings }) => findings.map(({ regression }) => regression)));
  for (const name of [...names].toSorted()) {
    const verdicts = matrices.map(
      ({ findings }) => findings.find(({ regression }) => regression === name)?.verdict ?? 'not run',
    );
    const alike = new Set(verdicts).size === 1;
    table.push([name, ...verdicts.map(painted), alike ? '' : styleText('red', 'differs')]);
  }
  return table.toString();
}
