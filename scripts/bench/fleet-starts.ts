import Table from 'cli-table3';
import { Agent, request, type Dispatcher } from 'undici';
import { agentThrough } from '../../fleet/edge/client.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { engineOf } from '../../fleet/product/fleet.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { readRunState } from '../../fleet/run/state.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';
import { percentile } from '../runner/sequencer.ts';
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
  const table = new Table({ head: ['local fleet', 'median', 'budget', 'of budget'], style: { head: [], border: [] } });
  const seconds = (values: readonly number[], most: number) => {
    const median = (percentile(values, 0.5) ?? Number.NaN) / 1000;
    return [`${median.toFixed(2)} s`, `${most} s`, `${Math.round((median / most) * 100)} %`];
  };
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

const requests = 2_000;
const warmUpRequests = 500;
/** The cheapest endpoint of a fleet. */
const path = '/-/health/live/';

/** Milliseconds per request over a kept connection: directly to a pod, and through the edge, taken in turns. */
async function tableOfEdge(fleet: Fleet): Promise<string> {
  const [pod] = await fleet.pods('authentik');
  if (!pod?.address) throw new HarnessError('The pod of Authentik has no address on this machine.');
  const directly = new Agent();
  const throughEdge = agentThrough(fleet.edge);
  const headers = { host: fleet.hosts.auth, 'x-forwarded-proto': 'https' };
  const direct = () => timeOf(`http://${pod.address?.host}:${pod.address?.port}${path}`, directly, headers);
  const edge = () => timeOf(`${httpsOf(fleet.hosts.auth)}${path}`, throughEdge);
  const times = { direct: [] as number[], edge: [] as number[] };
  for (let index = -warmUpRequests; index < requests; index += 1) {
    const taken = { direct: await direct(), edge: await edge() };
    if (index < 0) continue;
    times.direct.push(taken.direct);
    times.edge.push(taken.edge);
  }
  await Promise.all([directly.close(), throughEdge.close()]);
  const table = new Table({ head: ['ms per request', 'p50', 'p95'], style: { head: [], border: [] } });
  const at = (values: readonly number[], share: number): number => percentile(values, share) ?? Number.NaN;
  const row = (name: string, of: (share: number) => number) => [name, of(0.5).toFixed(3), of(0.95).toFixed(3)];
  table.push(
    row('direct', (share) => at(times.direct, share)),
    row('edge, https', (share) => at(times.edge, share)),
    row('edge over direct', (share) => at(times.edge, share) - at(times.direct, share)),
  );
  return table.toString();
}

/** Milliseconds from the request to the end of its response. */
async function timeOf(url: string, dispatcher: Dispatcher, headers: Record<string, string> = {}): Promise<number> {
  const begin = performance.now();
  const { statusCode, body } = await request(url, { dispatcher, headers });
  await body.dump();
  if (statusCode !== 200) throw new HarnessError(`${url} answered ${statusCode}.`);
  return performance.now() - begin;
}
