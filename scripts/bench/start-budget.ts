import Table from 'cli-table3';
import { exitCodes } from '../../fleet/errors.ts';
import { median } from './figures.ts';

/** What a local fleet with built apps may take. */
const budget = { upSeconds: 3, downSeconds: 3, bytes: 1.5 * 2 ** 30 };

/** Milliseconds of each start and each stop, and the most memory. */
export interface Starts {
  up: readonly number[];
  down: readonly number[];
  bytes: number;
}

/** One line for each budget. */
export function tableOfStarts({ up, down, bytes }: Starts): string {
  const table = new Table({ head: ['local fleet', 'median', 'budget', 'of budget'], style: { head: [], border: [] } });
  const seconds = (values: readonly number[], most: number) => [
    `${(median(values) / 1000).toFixed(2)} s`,
    `${most} s`,
    `${Math.round(median(values) / (most * 10))} %`,
  ];
  table.push(
    ['up, apps built', ...seconds(up, budget.upSeconds)],
    ['down', ...seconds(down, budget.downSeconds)],
    [
      'resident memory',
      `${(bytes / 2 ** 30).toFixed(2)} GiB`,
      `${budget.bytes / 2 ** 30} GiB`,
      `${Math.round((bytes / budget.bytes) * 100)} %`,
    ],
  );
  return table.toString();
}

/** Whether each median, and the memory, is within its budget. */
const isKept = ({ up, down, bytes }: Starts): boolean =>
  median(up) <= budget.upSeconds * 1000 && median(down) <= budget.downSeconds * 1000 && bytes <= budget.bytes;

/** The exit code of `bench`: a budget that is exceeded counts only with `--check`. */
export const exitCodeOf = (starts: Starts, { check }: { check: boolean }): number =>
  check && !isKept(starts) ? exitCodes.productFailed : exitCodes.passed;
