import Table from 'cli-table3';
import { exponentOf, linear, type Point } from './exponent.ts';

/** How one cost grows with one size. */
export interface Series {
  /** The cost and its unit: `ms per API call`. */
  cost: string;
  /** What is counted: `sessions in Redis`. */
  size: string;
  points: Point[];
}

const significantDigits = 3;

/** One line for each series: its figures, and its exponent. */
export function tableOfGrowth(series: readonly Series[]): string {
  const table = new Table({ head: ['cost', 'by size', 'exponent', ''], style: { head: [], border: [] } });
  for (const { cost, size, points } of series) {
    const exponent = exponentOf(points);
    table.push([
      cost,
      [size, ...points.map((point) => `${readable(point.size).padStart(9)}: ${readable(point.cost)}`)].join('\n'),
      exponent.toFixed(2),
      exponent > linear ? 'worse than linear' : '',
    ]);
  }
  return table.toString();
}

const readable = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(significantDigits)));
