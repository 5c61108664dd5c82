import { engineOf } from '../../fleet/product/fleet.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { readRunState } from '../../fleet/run/state.ts';
import { inColumns } from '../command/output.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';
import { percentile } from '../runner/sequencer.ts';
import { tableOfEdge } from './edge.ts';
import { residentBytes } from './process-usage.ts';

const starts = 5;

/** What a local fleet with built apps may take. */
const budget = { upSeconds: 3, downSeconds: 3, bytes: 1.5 * 2 ** 30 };

/** Milliseconds of each start and each stop, and the most memory. */
interface Starts {
  up: readonly number[];
  down: readonly number[];
  bytes: number;
}

/** `bench fleet`: starts of a local fleet against their budget, and on the last one what the edge costs per request. */
export async function fleetStarts(): Promise<number> {
  const up: number[] = [];
  const down: number[] = [];
  let bytes = 0;
  for (let start = 1; start <= starts && !interruption.aborted; start += 1) {
    progress(`Fleet ${start} of ${starts} …`);
    const begin = performance.now();
    await using fleet = await engineOf('local').up({ signal: interruption });
    up.push(performance.now() - begin);
    const processes = readRunState(fleet.runId)?.processes ?? [];
    bytes = Math.max(
      bytes,
      processes.reduce((sum, { pid }) => sum + residentBytes(pid), 0),
    );
    if (start === starts) {
      progress('The edge against a direct call, taken in turns …');
      console.log(await tableOfEdge(fleet));
    }
    const end = performance.now();
    await fleet.down();
    down.push(performance.now() - end);
  }
  console.log(tableOfStarts({ up, down, bytes }));
  return exitCodes.passed;
}

function tableOfStarts({ up, down, bytes }: Starts): string {
  const seconds = (values: readonly number[], most: number) => {
    const median = (percentile(values, 0.5) ?? Number.NaN) / 1000;
    return [`${median.toFixed(2)} s`, `${most} s`, `${Math.round((median / most) * 100)} %`];
  };
  return inColumns([
    ['local fleet', 'median', 'budget', 'of budget'],
    ['up, apps built', ...seconds(up, budget.upSeconds)],
    ['down', ...seconds(down, budget.downSeconds)],
    [
      'resident memory',
      `${(bytes / 2 ** 30).toFixed(2)} GiB`,
      `${budget.bytes / 2 ** 30} GiB`,
      `${Math.round((bytes / budget.bytes) * 100)} %`,
    ],
  ]).join('\n');
}
