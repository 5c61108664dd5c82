import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import Table from 'cli-table3';
import { localEngine } from '../../fleet/engines/local/engine.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { readRunState } from '../../fleet/run/state.ts';
import { interruption } from '../interruption.ts';
import { progress } from '../run-command.ts';
import { median } from './figures.ts';
import { residentBytes } from './process-usage.ts';

/** What a local fleet with built apps may take. */
const budget = { upSeconds: 3, downSeconds: 3, bytes: 1.5 * 2 ** 30 };
const starts = 5;

/** `bench edge`: the edge against a direct call. */
export async function edge(): Promise<void> {
  progress('The edge against a direct call, taken in turns …');
  await once(spawn(process.execPath, [join(repositoryRoot, 'fleet/edge/edge.bench.ts')], { stdio: 'inherit' }), 'exit');
}

/** `bench starts`: starts of a local fleet against their budget. */
export async function fleetStarts(): Promise<void> {
  const up: number[] = [];
  const down: number[] = [];
  let memory = 0;
  for (let start = 1; start <= starts && !interruption.aborted; start += 1) {
    progress(`Fleet ${start} of ${starts} …`);
    const begin = performance.now();
    const fleet = await localEngine.up({ signal: interruption });
    up.push(performance.now() - begin);
    const processes = readRunState(fleet.runId)?.processes ?? [];
    memory = Math.max(
      memory,
      processes.reduce((sum, { pid }) => sum + residentBytes(pid), 0),
    );
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
}
