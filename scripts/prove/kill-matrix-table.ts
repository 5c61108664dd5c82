import { styleText } from 'node:util';
import Table from 'cli-table3';
import { duration } from '../../fleet/duration.ts';
import type { RegressionFinding } from './kill-matrix.ts';

const painted = (verdict: RegressionFinding['verdict']): string =>
  styleText(verdict === 'caught' ? 'green' : verdict === 'not applicable' ? 'dim' : 'red', verdict);

/** Columns of an output that is no terminal. */
const usualColumns = 160;
const fixed = { verdict: 16, time: 14 };
/** Of what the other columns leave. */
const shares = { regression: 0.24, spec: 0.26 };

/**
 * Regressions and the specs that caught them, each with the matched text.
 * @param columns of the terminal; the table is not wider.
 */
export function matrixTable(findings: readonly RegressionFinding[], columns = usualColumns): string {
  // Six borders.
  const left = columns - 6 - fixed.verdict - fixed.time;
  const regressionWidth = Math.max(8, Math.floor(left * shares.regression));
  const specWidth = Math.max(8, Math.floor(left * shares.spec));
  const table = new Table({
    head: ['regression', 'verdict', 'seen by', 'as', 'took'],
    colWidths: [regressionWidth, fixed.verdict, specWidth, Math.max(8, left - regressionWidth - specWidth), fixed.time],
    wordWrap: true,
    // Names and messages may have words that are longer than a column.
    wrapOnWordBoundary: false,
    style: { head: [], border: [] },
  });
  for (const { regression, verdict, evidence, seconds } of findings) {
    const rowSpan = evidence.length;
    const [first, ...others] = evidence.map(({ spec, message }) => [spec, message] as const);
    table.push([
      { content: regression, rowSpan },
      { content: painted(verdict), rowSpan },
      ...(first ?? ['', '']),
      { content: duration(seconds * 1000), rowSpan },
    ]);
    for (const [spec, message] of others) table.push([spec, message]);
  }
  return table.toString();
}
