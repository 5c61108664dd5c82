import { createServer, type ServerResponse } from 'node:http';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kubeconfigFor, listening } from '../testing.ts';
import { watchEndpoints } from './kubernetes-endpoints.ts';
import type { Endpoint } from './row.ts';

let version = 1;

const slice = (service: string, pods: Array<[name: string, address: string, ready: boolean]>) => ({
  metadata: {
    name: `${service}-x`,
    namespace: 'dezky',
    resourceVersion: String((version += 1)),
    labels: { 'kubernetes.io/service-name': service },
  },
  ports: [
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
  refuses: false,
  watches: [] as ServerResponse[],
  send: (type: string, object: object): void => {
    api.watches.at(-1)?.write(`${JSON.stringify({ type, object })}\n`);
  },
};

let config: KubeConfig;
let ended: AbortController;

beforeEach(async () => {
  Object.assign(api, { items: [], refuses: false, watches: [] });
  const server = createServer((request, response) => {
    if (api.refuses) return response.writeHead(401).end();
    if (request.url?.includes('watch=true')) {
      api.watches.push(response);
      return response.flushHeaders();
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items: api.items }));
  });
  ended = new AbortController();
  config = new KubeConfig();
  config.loadFromString(kubeconfigFor(await listening(server)));
});
afterEach(() => ended.abort());

async function watched() {
  const received: Record<string, Endpoint[]> = {};
  const podAt = await watchEndpoints(
    (service, endpoints) => {
      received[service] = endpoints;
    },
    config,
    ended.signal,
  );
  return { received, podAt };
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
  await expect.poll(() => api.watches).toHaveLength(1);
  api.send(
    'MODIFIED',
    slice('operator', [
      ['operator-a', '10.0.0.1', false],
      ['operator-b', '10.0.0.2', true],
    ]),
  );
  await expect.poll(() => received['operator']?.map(({ pod }) => pod)).toEqual(['operator-b']);
  api.send('DELETED', slice('operator', []));
  await expect.poll(() => received['operator']).toEqual([]);
});

test('names the pod at an address, Ready or not', async () => {
  api.items = [slice('operator', [['operator-a', '10.0.0.1', false]])];
  const { podAt } = await watched();
  expect([podAt('::ffff:10.0.0.1'), podAt('10.0.0.1'), podAt('10.0.0.7')]).toEqual(['operator-a', 'operator-a', '']);
});

test('lists again when the API no longer knows where it was (410 Gone), and goes on when the connection ends', async () => {
  api.items = [slice('operator', [['operator-a', '10.0.0.1', true]])];
  const { received } = await watched();
  await expect.poll(() => api.watches).toHaveLength(1);
  api.items = [slice('operator', [['operator-b', '10.0.0.2', true]])];
  api.send('ERROR', { code: 410 });
  api.watches[0]?.end();
  await expect.poll(() => received['operator']?.map(({ pod }) => pod)).toEqual(['operator-b']);
  await expect.poll(() => api.watches).toHaveLength(2);
  api.watches[1]?.destroy();
  await expect.poll(() => api.watches, { timeout: 5_000 }).toHaveLength(3);
  api.send('MODIFIED', slice('operator', [['operator-c', '10.0.0.3', true]]));
  await expect.poll(() => received['operator']?.map(({ pod }) => pod)).toEqual(['operator-c']);
});

test('fails when the first list is refused', async () => {
  api.refuses = true;
  await expect(watched()).rejects.toThrow('401');
});
