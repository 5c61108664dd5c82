import { once } from 'node:events';
import {
  createServer as createHttpServer,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { Agent, createServer as createHttpsServer, request } from 'node:https';
import { createServer as createNetServer } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { listening } from '../testing.ts';
import { createAuthority, openAuthority, type AuthorityMaterial } from '../run/certificate-authority.ts';
import { Edge } from './edge.ts';
import { ingressAt } from './backends.ts';
import { operatorHost, testRoutes } from './testing.ts';

let material: AuthorityMaterial;
let edge: Edge;
let interceptPort: number;
/** What the ingress received: entry point, server name of the handshake, Host. */
let asked: string[] = [];
let cursor = 0;

beforeAll(async () => {
  material = await createAuthority({ runId: 'unit' });
  const authority = openAuthority(material);
  const cert = await authority.certificateFor([operatorHost]);
  const serve = (entryPoint: string) => (incoming: IncomingMessage, response: ServerResponse) => {
    const { servername } = incoming.socket as TLSSocket & { servername?: string };
    asked.push(`${entryPoint} ${servername ?? '-'} ${incoming.headers.host}${incoming.url}`);
    response.setHeader('x-served-by', 'operator-b').end('by the ingress');
  };
  const ports = {
    web: await listening(createHttpServer(serve('web')), afterAll),
    websecure: await listening(createHttpsServer({ key: material.leafKeyPem, cert }, serve('websecure')), afterAll),
  };
  edge = await Edge.start({
    authority,
    host: '127.0.0.1',
    port: 0,
    ingress: ingressAt({ host: '127.0.0.1', ports, ca: material.caCertPem }),
  });
  edge.podAt = (address) => (address.endsWith('127.0.0.1') ? 'portal-a' : '');
  edge.routes.replace(testRoutes);
  const pod = await listening(
    createHttpServer((_, response) => response.setHeader('x-served-by', 'operator-a').end('by the pod')),
    afterAll,
  );
  edge.backends.replace('operator', [{ pod: 'operator-a', host: '127.0.0.1', port: pod }]);
  interceptPort = await listening(createNetServer(), (end) => end());
  await edge.intercept(interceptPort, '127.0.0.1');
});
afterAll(() => edge.close());
beforeEach(() => {
  asked = [];
  cursor = edge.ledger.cursor;
});

/** The status and body of the answer to a request. */
async function answerTo(outgoing: ClientRequest): Promise<string> {
  const [reply] = (await once(outgoing.end(), 'response')) as [IncomingMessage];
  return `${reply.statusCode} ${await text(reply)}`;
}

function get(url: string, headers: Record<string, string> = {}): Promise<string> {
  const proxyEnv = { HTTPS_PROXY: `http://127.0.0.1:${edge.port}` };
  return answerTo(request(url, { agent: new Agent({ proxyEnv, ca: material.caCertPem }), headers }));
}

/** Connects like a pod that resolves the host to the edge. */
const direct = (host: string) =>
  ({ host: '127.0.0.1', port: interceptPort, path: '/hello', headers: { host }, agent: false }) as const;
const intercepted = (host: string): Promise<string> =>
  answerTo(request({ ...direct(host), servername: host, ca: material.caCertPem }));

const lastRow = () =>
  vi.waitFor(() => {
    const row = edge.ledger.read(cursor).at(-1);
    if (!row) throw new Error('There is no new row.');
    return row;
  }, 60_000);

test('what is not pinned goes to the ingress by TLS, under the name of its host; the answer says which pod', async () => {
  expect(await get(`https://${operatorHost}/a`)).toBe('200 by the ingress');
  expect(asked).toEqual([`websecure ${operatorHost} ${operatorHost}/a`]);
  expect(await lastRow()).toMatchObject({ service: 'operator', pod: '', servedBy: 'operator-b', pinned: false });
});

test('what is pinned goes to the pod itself', async () => {
  expect(await get(`https://${operatorHost}/a`, { 'x-edge-pin': 'operator-a' })).toBe('200 by the pod');
  expect(asked).toEqual([]);
  expect(await lastRow()).toMatchObject({ pod: 'operator-a', servedBy: 'operator-a', pinned: true });
});

test('a connection that a pod means for the host itself is taken, and is the pod’s', async () => {
  expect(await intercepted(operatorHost)).toBe('200 by the ingress');
  expect(asked).toEqual([`websecure ${operatorHost} ${operatorHost}/hello`]);
  expect(await lastRow()).toMatchObject({ client: 'portal-a', kind: 'pod', url: `https://${operatorHost}/hello` });
});

test('a pod’s connection to a host outside the fleet is recorded and refused', async () => {
  expect(await intercepted('auth.fleet.local')).toMatch(/^421 /);
  expect(await lastRow()).toMatchObject({
    client: 'portal-a',
    outcome: 'egress',
    url: 'https://auth.fleet.local/hello',
  });
});

test('a direct connection without TLS is for the host that its request names', async () => {
  expect(await answerTo(httpRequest(direct(operatorHost)))).toBe('200 by the ingress');
  expect(asked).toEqual([`web - ${operatorHost}/hello`]);
  expect(await lastRow()).toMatchObject({ client: 'portal-a', url: `http://${operatorHost}/hello` });
  expect(await answerTo(httpRequest(direct('auth.fleet.local')))).toMatch(/^421 /);
});

test('closes an idle connection to the ingress before the ingress does, and none that is in use', async () => {
  const server = createHttpServer((_, response) => void setTimeout(() => response.end('slow'), 300));
  server.keepAliveTimeout = 0;
  const ends = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
  const web = await listening(server, afterAll);
  const { agent } = ingressAt({ host: '127.0.0.1', ports: { web, websecure: web }, ca: '' }, 100).web;
  expect(await answerTo(httpRequest({ port: web, agent }))).toBe('200 slow');
  await ends;
});
