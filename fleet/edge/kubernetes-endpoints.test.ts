import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAuthority, openAuthority } from '../run/certificate-authority.ts';
import { watchEndpoints } from './kubernetes-endpoints.ts';
import type { ApiAccess } from './kubernetes-endpoints.ts';
import type { Endpoint } from './row.ts';

const slice = (service: string, pods: Array<[name: string, address: string, ready: boolean]>, ports?: object[]) => ({
  metadata: { name: `${service}-x`, resourceVersion: '2', labels: { 'kubernetes.io/service-name': service } },
  ports: ports ?? [
    { name: 'control', port: 9001 },
    { name: 'http', port: 3000 },
  ],
  endpoints: pods.map(([name, address, ready]) => ({
    addresses: [address],
    conditions: { ready },
    targetRef: { kind: 'Pod', name },
  })),
});

/** The watched part of the Kubernetes API: its list, and the open watches. */
const api = {
  items: [] as object[],
  lists: 0,
  watches: [] as ServerResponse[],
  send: (type: string, object: object): void => {
    api.watches.at(-1)?.write(`${JSON.stringify({ type, object })}\n`);
  },
};

let access: ApiAccess;
let close: () => void;

beforeEach(async () => {
  const material = await createAuthority({ runId: 'unit' });
  const cert = await openAuthority(material).certificateFor(['127.0.0.1']);
  Object.assign(api, { items: [], lists: 0, watches: [] });
  const server = createServer({ key: material.leafKeyPem, cert }, (request, response) => {
    if (request.headers.authorization !== 'Bearer token') return response.writeHead(401).end();
    if (request.url?.includes('watch=1')) {
      api.watches.push(response);
      return response.flushHeaders();
    }
    api.lists += 1;
    response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items: api.items }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ended = new AbortController();
  access = {
    signal: ended.signal,
    host: '127.0.0.1',
    port,
    ca: material.caCertPem,
    token: () => 'token',
    namespace: 'dezky',
  };
  close = () => {
    ended.abort();
    server.close();
    server.closeAllConnections();
  };
});
afterEach(() => close());

async function watched() {
  const received: Record<string, Endpoint[]> = {};
  const watch = await watchEndpoints((service, endpoints) => {
    received[service] = endpoints;
  }, access);
  return { received, watch };
}

test('knows the Ready pods of each Service from the start, at the port that Ingresses send to', async () => {
  api.items = [
    slice('operator', [
      ['operator-b', '10.0.0.2', true],
      ['operator-a', '10.0.0.1', true],
      ['operator-c', '10.0.0.3', false],
    ]),
  ];
  const { received } = await watched();
  expect(received).toEqual({
    operator: [
      { pod: 'operator-a', host: '10.0.0.1', port: 3000 },
      { pod: 'operator-b', host: '10.0.0.2', port: 3000 },
    ],
  });
});

test('follows changes, and a Service without pods has none', async () => {
  api.items = [slice('operator', [['operator-a', '10.0.0.1', true]])];
  const { received } = await watched();
  await vi.waitFor(() => expect(api.watches).toHaveLength(1));
  api.send(
    'MODIFIED',
    slice('operator', [
      ['operator-a', '10.0.0.1', false],
      ['operator-b', '10.0.0.2', true],
    ]),
  );
  await vi.waitFor(() => expect(received['operator']?.map(({ pod }) => pod)).toEqual(['operator-b']));
  api.send('DELETED', slice('operator', []));
  await vi.waitFor(() => expect(received['operator']).toEqual([]));
});

test('names the pod at an address, Ready or not', async () => {
  api.items = [slice('operator', [['operator-a', '10.0.0.1', false]])];
  const { watch } = await watched();
  expect([watch.podAt('::ffff:10.0.0.1'), watch.podAt('10.0.0.1'), watch.podAt('10.0.0.7')]).toEqual([
    'operator-a',
    'operator-a',
    '',
  ]);
});

test('lists again when the API no longer knows where it was (410 Gone), and when the connection ends', async () => {
  api.items = [slice('operator', [['operator-a', '10.0.0.1', true]])];
  const { received } = await watched();
  await vi.waitFor(() => expect(api.watches).toHaveLength(1));
  api.items = [slice('operator', [['operator-b', '10.0.0.2', true]])];
  api.send('ERROR', { code: 410 });
  await vi.waitFor(() => expect(received['operator']?.map(({ pod }) => pod)).toEqual(['operator-b']));
  await vi.waitFor(() => expect(api.watches).toHaveLength(2));
  api.items = [slice('operator', [['operator-c', '10.0.0.3', true]])];
  api.watches[1]?.end();
  await vi.waitFor(() => expect(received['operator']?.map(({ pod }) => pod)).toEqual(['operator-c']));
});
