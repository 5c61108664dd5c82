import { Agent, request, type Dispatcher } from 'undici';
import { agentThrough } from '../../fleet/edge/client.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { inColumns } from '../command/output.ts';
import { percentile } from '../runner/sequencer.ts';

const requests = 2_000;
const warmUpRequests = 500;
/** The cheapest endpoint of a fleet. */
const path = '/-/health/live/';

/** Milliseconds per request over a kept connection: directly to a pod, and through the edge, taken in turns. */
export async function tableOfEdge(fleet: Fleet): Promise<string> {
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
  const at = (values: readonly number[], share: number): number => percentile(values, share) ?? Number.NaN;
  const row = (name: string, of: (share: number) => number) => [name, of(0.5).toFixed(3), of(0.95).toFixed(3)];
  return inColumns([
    ['ms per request', 'p50', 'p95'],
    row('direct', (share) => at(times.direct, share)),
    row('edge, https', (share) => at(times.edge, share)),
    row('edge over direct', (share) => at(times.edge, share) - at(times.direct, share)),
  ]).join('\n');
}

/** Milliseconds from the request to the end of its response. */
async function timeOf(url: string, dispatcher: Dispatcher, headers: Record<string, string> = {}): Promise<number> {
  const begin = performance.now();
  const { statusCode, body } = await request(url, { dispatcher, headers });
  await body.dump();
  if (statusCode !== 200) throw new HarnessError(`${url} answered ${statusCode}.`);
  return performance.now() - begin;
}
