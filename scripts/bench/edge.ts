import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import type { RequestOptions } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import Table from 'cli-table3';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { percentile } from '../runner/sequencer.ts';

const requests = 2_000;
const warmUpRequests = 500;
/** The cheapest endpoint of a fleet. */
const path = '/-/health/live/';

/** Milliseconds per request over a kept connection: directly to a pod, and through the edge, taken in turns. */
export async function tableOfEdge(fleet: Fleet): Promise<string> {
  const [pod] = await fleet.pods('authentik');
  if (!pod?.address) throw new HarnessError('The pod of Authentik has no address on this machine.');
  const proxyEnv = { HTTPS_PROXY: fleet.edge.proxyUrl };
  const ca = readFileSync(fleet.edge.caFile, 'utf8');
  const [direct, edge] = [
    {
      url: `http://${pod.address.host}:${pod.address.port}${path}`,
      agent: new Agent({ keepAlive: true }),
      headers: { host: fleet.hosts.auth, 'x-forwarded-proto': 'https' },
    },
    { url: `${httpsOf(fleet.hosts.auth)}${path}`, agent: new TlsAgent({ keepAlive: true, ca, proxyEnv }), headers: {} },
  ];
  const times = { direct: [] as number[], edge: [] as number[] };
  for (let index = -warmUpRequests; index < requests; index += 1) {
    const taken = { direct: await timeOf(direct), edge: await timeOf(edge) };
    if (index < 0) continue;
    times.direct.push(taken.direct);
    times.edge.push(taken.edge);
  }
  for (const { agent } of [direct, edge]) agent.destroy();
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
function timeOf({ url, ...options }: RequestOptions & { url: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    send(url, options, (response) => {
      if (response.statusCode !== 200) reject(new HarnessError(`${url} answered ${response.statusCode}.`));
      response.on('end', () => resolve(performance.now() - begin)).resume();
    })
      .on('error', reject)
      .end();
  });
}
