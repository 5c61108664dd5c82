import Table from 'cli-table3';
import { localEngine } from '../../fleet/engines/local/engine.ts';
import { readRunState } from '../../fleet/run/state.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';
import { median, sum } from './figures.ts';
import { residentBytes } from './process-usage.ts';

/** What a local fleet with built apps may take. */
const budget = { upSeconds: 3, downSeconds: 3, bytes: 1.5 * 2 ** 30 };
const starts = 5;

/** Starts of a local fleet against their budget. @returns whether they keep it. */
export async function fleetStarts(): Promise<boolean> {
  const up: number[] = [];
  const down: number[] = [];
  let memory = 0;
  for (let start = 1; start <= starts && !interruption.aborted; start += 1) {
    progress(`Fleet ${start} of ${starts} …`);
    const begin = performance.now();
    const fleet = await localEngine.up({ signal: interruption });
    up.push(performance.now() - begin);
    const processes = readRunState(fleet.runId)?.processes ?? [];
    memory = Math.max(memory, sum(processes.map(({ pid }) => residentBytes(pid))));
    const end = performance.now();
    await fleet.down();
    down.push(performance.now() - end);
  }
  const table = new Table({ head: ['local fleet', 'median', 'budget', 'of budget'], style: { head: [], border: [] } });
  const seconds = (values: number[], most: number) => [
    `${(median(values) / 1000).toFixed(2)} s`,
    `${most} s`,
    `${Math.round(median(values) / (most * 10))} %`,
  ];
  table.push(
    ['up, apps built', ...seconds(up, budget.upSeconds)],
    ['down', ...seconds(down, budget.downSeconds)],
    [
      'resident memory',
      `${(memory / 2 ** 30).toFixed(2)} GiB`,
      `${budget.bytes / 2 ** 30} GiB`,
      `${Math.round((memory / budget.bytes) * 100)} %`,
    ],
  );
  console.log(table.toString());
  return median(up) <= budget.upSeconds * 1000 && median(down) <= budget.downSeconds * 1000 && memory <= budget.bytes;
}
