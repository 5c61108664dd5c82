import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { ProxyAgent, request } from 'undici';
import { AuthentikApi, hasWorker } from '../../fixtures/authentik-api/client.ts';
import type { FleetOptions } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { newRunId, readRunState, type EdgeAddress } from '../../fleet/run/state.ts';
import type { AuthentikOption } from '../command/authentik-option.ts';
import { progress } from '../command/run-command.ts';
import type { SuiteProduct } from './suite-options.ts';
import { percentile } from './sequencer.ts';
import { factorOf } from './slowness.ts';

const tokenVariable = 'AUTHENTIK_TOKEN';

/** The options of a fleet with an Authentik. Disposing removes what was made for it at a server. */
interface PreparedAuthentik extends AsyncDisposable {
  options: Pick<FleetOptions, 'authentik' | 'runId'>;
  /** How much slower it is than one on a quiet machine, at least 1. */
  slowness: number;
}

/**
 * Prepares the Authentik that `--authentik` names. At a server it makes providers, applications and groups.
 * @param callbackHost name under which a server reaches this machine.
 * @throws HarnessError when the server refuses, or the token of its API is missing.
 */
export async function prepareAuthentik(
  option: AuthentikOption | undefined,
  callbackHost: string,
  { provisionRun }: Pick<SuiteProduct, 'provisionRun'>,
): Promise<PreparedAuthentik> {
  if (!option || 'profile' in option) {
    return { options: option ? { authentik: option } : {}, slowness: 1, [Symbol.asyncDispose]: async () => {} };
  }
  const token = process.env[tokenVariable];
  if (!token) throw new HarnessError(`Set ${tokenVariable} to the API token of an administrator of ${option.url}.`);
  const api = new AuthentikApi({ url: option.url, token });
  const version = await api.version();
  const runId = newRunId();
  await using started = new AsyncDisposableStack();
  const relay = (await hasWorker(api))
    ? started.use(await startCallRelay(callbackHost, () => readRunState(runId)?.edge))
    : undefined;
  const server = { origin: option.url, token, ...(relay && { callsTo: relay.url }) };
  const tells = relay ? `its worker tells the apps of ended sessions at ${relay.url}` : 'it has no worker';
  progress(`${server.origin} is Authentik ${version}, and ${tells}; providers for ${runId} are being made`);
  started.adopt(await provisionRun(server, runId), async (made) => {
    progress(`what ${runId} made at ${server.origin} is being removed`);
    await made[Symbol.asyncDispose]();
    progress(`${server.origin} has no objects of ${runId} any more`);
  });
  const slowness = await measureServerSlowness(api);
  progress(`${server.origin} has providers for ${runId} now`);
  const all = started.move();
  return {
    options: { authentik: { server }, runId },
    slowness,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Milliseconds of an answer of Authentik on a quiet machine. */
const quietMs = 50;
const rounds = 5;

/** How much slower this Authentik answers than one on a quiet machine, at least 1: by the median of a few answers. */
async function measureServerSlowness(api: Pick<AuthentikApi, 'version'>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    await api.version();
    times.push(performance.now() - begin);
  }
  return factorOf((percentile(times, 0.5) ?? 0) / quietMs);
}

interface CallRelay extends AsyncDisposable {
  /** A request to `<url>/<host><path>` goes to `https://<host><path>` of the fleet. */
  url: string;
}

type Edge = Pick<EdgeAddress, 'proxyUrl' | 'caFile'>;

/** So that the ledger shows whose request it is. */
const credentials = `Basic ${Buffer.from('authentik:x').toString('base64')}`;

/**
 * Passes the calls of a real Authentik on to the apps of a fleet, whose hosts it cannot resolve.
 * @param name under which Authentik reaches this machine.
 * @param edgeOf the fleet's edge; undefined: it is not up.
 */
export async function startCallRelay(name: string, edgeOf: () => Edge | undefined): Promise<CallRelay> {
  const server = createServer((received, response) => {
    passOn(received, edgeOf()).then(
      ({ status, body }) => response.writeHead(status).end(body),
      (error: Error) => response.writeHead(502).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, name === '127.0.0.1' ? name : undefined, resolve));
  return {
    url: `http://${name}:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function passOn(received: IncomingMessage, edge: Edge | undefined): Promise<{ status: number; body: string }> {
  if (!edge) return { status: 503, body: 'The fleet is not up.' };
  const { method = 'GET', url = '/', headers } = received;
  const ca = readFileSync(edge.caFile);
  const dispatcher = new ProxyAgent({ uri: edge.proxyUrl, token: credentials, requestTls: { ca } });
  try {
    const answer = await request(`https:/${url}`, {
      method: method as 'POST',
      headers: { 'content-type': headers['content-type'] ?? '', 'user-agent': headers['user-agent'] ?? '' },
      body: await buffer(received),
      dispatcher,
    });
    return { status: answer.statusCode, body: await answer.body.text() };
  } finally {
    await dispatcher.close();
  }
}
