import { localEngine } from '../../fleet/engines/local/engine.ts';
import { readRunState } from '../../fleet/run/state.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';
import { sum } from './figures.ts';
import { residentBytes } from './process-usage.ts';
import { tableOfStarts, type Starts } from './start-budget.ts';

const starts = 5;

/** Starts a local fleet several times, and prints what that took against its budget. */
export async function fleetStarts(): Promise<Starts> {
  const up: number[] = [];
  const down: number[] = [];
  let bytes = 0;
  for (let start = 1; start <= starts && !interruption.aborted; start += 1) {
    progress(`Fleet ${start} of ${starts} …`);
    const begin = performance.now();
    const fleet = await localEngine.up({ signal: interruption });
    up.push(performance.now() - begin);
    const processes = readRunState(fleet.runId)?.processes ?? [];
    bytes = Math.max(bytes, sum(processes.map(({ pid }) => residentBytes(pid))));
    const end = performance.now();
    await fleet.down();
    down.push(performance.now() - end);
  }
  const measured = { up, down, bytes };
  console.log(tableOfStarts(measured));
  return measured;
}
