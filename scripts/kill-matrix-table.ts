import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Finding } from './kill-matrix.ts';
import type { KillMatrix } from './kill-matrix-verdict.ts';

const plain = { head: [], border: [] };
const painted = (verdict: Finding['verdict']): string =>
  styleText(verdict === 'caught' ? 'green' : verdict === 'not applicable' ? 'dim' : 'red', verdict);

/** Regressions and the specs that caught them, each with the matched text. */
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

/** All verdicts, one column per engine. A row is marked when engines that can have the regression differ. */
export function comparisonTable(matrices: readonly KillMatrix[]): string {
  const table = new Table({ head: ['regression', ...matrices.map(({ engine }) => engine), ''], style: plain });
  for (const { regression, verdicts, differs } of compared(matrices)) {
    table.push([regression, ...verdicts.map(painted), differs ? styleText('red', 'differs') : '']);
  }
  return table.toString();
}

/** The same as a Markdown table. */
export function comparisonMarkdown(matrices: readonly KillMatrix[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row(['regression', ...matrices.map(({ engine }) => engine)]),
    row(['regression', ...matrices].map(() => '---')),
    ...compared(matrices).map(({ regression, verdicts, differs }) =>
      row([regression, ...verdicts.map((verdict) => (differs ? `**${verdict}**` : verdict))]),
    ),
  ].join('\n');
}

function compared(matrices: readonly KillMatrix[]) {
  const names = new Set(matrices.flatMap(({ findings }) => findings.map(({ regression }) => regression)));
  return [...names].toSorted().map((regression) => {
    const verdicts = matrices.map(
      ({ findings }) => findings.find((finding) => finding.regression === regression)?.verdict ?? 'not run',
    );
    const applicable = verdicts.filter((verdict) => verdict !== 'not applicable');
    return { regression, verdicts, differs: new Set(applicable).size > 1 };
  });
}
