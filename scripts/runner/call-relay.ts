import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { ProxyAgent, request } from 'undici';
import type { EdgeAddress } from '../../fleet/run/state.ts';

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
