/**
 * Measures the overhead of the edge. It prints and asserts nothing:
 * - milliseconds per request, p50 and p95, of a keep-alive connection directly to a pod, through the edge over HTTP
 *   and through the edge over TLS, measured in turns (A B C A B C …) so that a busy machine affects all of them equally;
 * - ledger rows per second with many concurrent clients, and whether every request has its row.
 *
 * With `--peers` it also measures a common proxy for Node, and prints the milliseconds per request as JSON.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import type { RequestOptions } from 'node:http';
import { Agent as TlsAgent, createServer as createTlsServer, request as httpsRequest } from 'node:https';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { createProxyServer } from 'httpxy';
import { createAuthority, openAuthority, type AuthorityMaterial } from '../run/certificate-authority.ts';
import { EdgeClient } from './client.ts';

/** Requests per route after the warm-up requests; and, for the ledger, concurrent clients and requests per client. */
const turns = 3_000;
const warmUps = 500;
const clients = 16;
const requestsPerClient = 500;

const host = 'bench.dezky.example';
const podFlag = '--pod';
const httpxyFlag = '--httpxy';
const peersFlag = '--peers';

/** A route to the pod, and its measured times. */
interface Way {
  name: string;
  url: string;
  agent: Agent;
  times: number[];
}

if (process.argv.includes(podFlag)) await runPod();
else if (process.argv.includes(httpxyFlag)) await runHttpxy();
else await runBench(process.argv.includes(peersFlag));

/** A pod in its own process, as in a fleet. */
async function runPod(): Promise<void> {
  const body = JSON.stringify({ tenants: Array.from({ length: 20 }, (_, id) => ({ id, name: `tenant ${id}` })) });
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'x-served-by': 'pod' }).end(body),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
}

/** httpxy in its own process, in front of the pod: over plain HTTP and TLS. It uses keep-alive, as the edge does. */
async function runHttpxy(): Promise<void> {
  const { TARGET: target = '', CERTIFICATE: cert, KEY: key } = process.env;
  const portOf = async (ssl?: { cert: string | undefined; key: string | undefined }): Promise<number> => {
    const proxy = createProxyServer({ target, agent: new Agent({ keepAlive: true }), ...(ssl && { ssl }) });
    // It does not report a port that it has chosen, so it is given a server.
    const server = ssl ? createTlsServer(ssl) : createServer();
    server.on('request', (request, response) => void proxy.web(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  console.log(JSON.stringify({ port: await portOf(), tlsPort: await portOf({ cert, key }) }));
}

async function runBench(withPeers: boolean): Promise<void> {
  const authority = await createAuthority({ runId: 'bench' });
  const pod = await startProcess<{ port: number }>(import.meta.url, [podFlag], {});
  const edge = await startProcess<{ proxyPort: number; controlPort: number }>(new URL('main.ts', import.meta.url), [], {
    PORT: '0',
    CONTROL_PORT: '0',
    CONTROL_TOKEN: 'bench',
    EDGE_CA_CERT: authority.caCertPem,
    EDGE_CA_KEY: authority.caKeyPem,
    EDGE_LEAF_KEY: authority.leafKeyPem,
  });
  let httpxy: Awaited<ReturnType<typeof startHttpxy>> | undefined;
  try {
    const control = new EdgeClient({
      controlUrl: `http://127.0.0.1:${edge.started.controlPort}`,
      controlToken: 'bench',
    });
    await control.putRoutes([
      { host, path: '/', entryPoint: 'web', service: 'pod' },
      { host, path: '/', entryPoint: 'websecure', service: 'pod' },
    ]);
    await control.putEndpoints('pod', [{ pod: 'pod', host: '127.0.0.1', port: pod.started.port }]);
    const proxy = `http://127.0.0.1:${edge.started.proxyPort}`;
    const ways = waysTo(pod.started.port, proxy, authority.caCertPem);
    if (withPeers) {
      httpxy = await startHttpxy(pod.started.port, authority);
      ways.push(...waysThroughHttpxy(httpxy.started, authority.caCertPem));
      await measure(ways);
      console.log(JSON.stringify(ways.map(({ name, times }) => ({ name, ...quantiles(times) }))));
      return;
    }
    await measure(ways);
    printOverhead(ways);
    await measureLedger(control, proxy);
  } finally {
    pod.end();
    edge.end();
    httpxy?.end();
  }
}

function waysTo(podPort: number, proxy: string, ca: string): Way[] {
  const proxyEnv = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
  return [
    { name: 'direct', url: `http://127.0.0.1:${podPort}/`, agent: new Agent({ keepAlive: true }), times: [] },
    { name: 'edge, http', url: `http://${host}/`, agent: new Agent({ keepAlive: true, proxyEnv }), times: [] },
    { name: 'edge, https', url: `https://${host}/`, agent: new TlsAgent({ keepAlive: true, ca, proxyEnv }), times: [] },
  ];
}

async function startHttpxy(podPort: number, authority: AuthorityMaterial) {
  return await startProcess<{ port: number; tlsPort: number }>(import.meta.url, [httpxyFlag], {
    TARGET: `http://127.0.0.1:${podPort}`,
    CERTIFICATE: await openAuthority(authority).certificateFor([host]),
    KEY: authority.leafKeyPem,
  });
}

function waysThroughHttpxy({ port, tlsPort }: { port: number; tlsPort: number }, ca: string): Way[] {
  const tlsAgent = new TlsAgent({ keepAlive: true, ca, servername: host });
  return [
    { name: 'httpxy, http', url: `http://127.0.0.1:${port}/`, agent: new Agent({ keepAlive: true }), times: [] },
    { name: 'httpxy, https', url: `https://127.0.0.1:${tlsPort}/`, agent: tlsAgent, times: [] },
  ];
}

async function measure(ways: readonly Way[]): Promise<void> {
  for (const { url, agent } of ways) for (let turn = 0; turn < warmUps; turn++) await call(url, { agent });
  for (let turn = 0; turn < turns; turn++) {
    for (const { url, agent, times } of ways) times.push(await call(url, { agent }));
  }
  for (const { agent } of ways) agent.destroy();
}

function printOverhead(ways: readonly Way[]): void {
  const direct = quantiles(ways[0]?.times ?? []);
  console.log('way          p50 ms   p95 ms   p50 over direct   p95 over direct   p50 ratio');
  for (const { name, times } of ways) {
    const { p50, p95 } = quantiles(times);
    console.log(
      `${name.padEnd(12)} ${ms(p50)}   ${ms(p95)}   ${ms(p50 - direct.p50).padStart(15)}   ${ms(p95 - direct.p95).padStart(15)}   ${(p50 / direct.p50).toFixed(2).padStart(9)}`,
    );
  }
}

async function measureLedger(control: EdgeClient, proxy: string): Promise<void> {
  const agent = new Agent({ keepAlive: true, proxyEnv: { HTTP_PROXY: proxy } });
  const after = await control.cursor();
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      const headers = { 'x-edge-client': 'ledger-bench' };
      for (let turn = 0; turn < requestsPerClient; turn++) await call(`http://${host}/${turn}`, { agent, headers });
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const { rows, dropped } = await control.ledger({ after, client: 'ledger-bench' });
  agent.destroy();
  const sent = clients * requestsPerClient;
  const distinct = new Set(rows.map((row) => row.seq)).size;
  console.log(
    `ledger       ${Math.round(sent / seconds)} rows/s (${sent} requests, ${distinct} rows, ${sent - distinct + dropped} lost)`,
  );
}

/** Milliseconds from the request to the end of its response. */
function call(url: string, options: RequestOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const outgoing = send(url, options, (reply) => {
      if (reply.statusCode !== 200) return reject(new Error(`${url} answered ${reply.statusCode}`));
      reply.on('end', () => resolve(performance.now() - startedAt)).resume();
    });
    outgoing.on('error', reject).end();
  });
}

/** Starts a TypeScript file as a process and reads the first line of JSON that it prints. */
async function startProcess<T>(file: string | URL, args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [fileURLToPath(file), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { started: JSON.parse(String(line)) as T, end: () => child.kill('SIGTERM') };
}

function quantiles(times: readonly number[]): { p50: number; p95: number } {
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95) };
}

function quantile(times: readonly number[], q: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN;
}

function ms(value: number): string {
  return value.toFixed(3).padStart(6);
}
