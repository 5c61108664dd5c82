// `npm run bench`: measures costs relative to each other in one run. It prints results and asserts nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Table from 'cli-table3';
import { localEngine } from '../fleet/engines/local/engine.ts';
import { readRunState } from '../fleet/run/state.ts';
import { commandLine } from './command-line.ts';
import { interruption } from './interruption.ts';
import { progress, runCommand } from './run-command.ts';

const starts = 5;

commandLine('bench')
  .description(`Measures the edge against a direct call, and ${starts} starts of a local fleet against their budget.`)
  .parse();

await runCommand(async () => {
  progress('The edge against a direct call, taken in turns …');
  const edge = spawn(process.execPath, [join(import.meta.dirname, '../fleet/edge/edge.bench.ts')], {
    stdio: 'inherit',
  });
  await once(edge, 'exit');

  const up: number[] = [];
  const down: number[] = [];
  let memory = 0;
  for (let start = 1; start <= starts && !interruption.aborted; start += 1) {
    progress(`Fleet ${start} of ${starts} …`);
    const begin = performance.now();
    const fleet = await localEngine.up({ signal: interruption });
    up.push(performance.now() - begin);
    memory = Math.max(memory, residentBytes(fleet.runId));
    const end = performance.now();
    await fleet.down();
    down.push(performance.now() - end);
  }
  const table = new Table({ head: ['local fleet', 'median', 'budget', 'of budget'], style: { head: [], border: [] } });
  const seconds = (values: number[], budget: number) => [
    `${(median(values) / 1000).toFixed(2)} s`,
    `${budget} s`,
    `${Math.round(median(values) / (budget * 10))} %`,
  ];
  const gib = memory / 2 ** 30;
  table.push(
    ['up, apps built', ...seconds(up, 3)],
    ['down', ...seconds(down, 3)],
    ['resident memory', `${gib.toFixed(2)} GiB`, '1.5 GiB', `${Math.round((gib / 1.5) * 100)} %`],
  );
  console.log(table.toString());
  return 0;
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Resident set of all processes of a run, in bytes; Linux only (proc(5), VmRSS). */
function residentBytes(runId: string): number {
  const processes = readRunState(runId)?.processes ?? [];
  return processes.reduce((sum, { pid }) => {
    const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return sum + Number(kib ?? 0) * 1024;
  }, 0);
}
