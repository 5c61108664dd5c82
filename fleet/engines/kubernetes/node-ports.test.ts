import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { Service } from '../../manifests/objects.ts';
import { reachNodePort } from './node-ports.ts';

/** A server in a thread of its own, which drops its first connection after 200 ms, as Docker's proxy does. */
const server = `
  const { parentPort } = require('node:worker_threads');
  let connections = 0;
  const server = require('node:net').createServer((socket) => {
    connections += 1;
    if (connections === 1) setTimeout(() => socket.destroy(), 200);
    else parentPort.postMessage('kept');
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

test('a dropped connection is seen although this process was busy while it was dropped', async () => {
  const worker = new Worker(server, { eval: true });
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = (await once(worker, 'message')) as [number];
  let kept = false;
  worker.on('message', () => (kept = true));
  const service = { metadata: { name: 'store' }, spec: { ports: [{ port: 6379, nodePort: 30000 }] } } as Service;
  const api = { find: () => Promise.resolve(service) } as unknown as KubernetesApi;
  const run = {
    runId: 'run',
    kubernetes: { namespace: 'run', outside: { host: '127.0.0.1', ports: { 30000: port } } },
  };
  const reached = reachNodePort(api, run as never, service, 6379);
  const busy = () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
  // After the events of the network, so that timers are next.
  setTimeout(() => setImmediate(busy), 50);
  await expect(reached).resolves.toEqual({ host: '127.0.0.1', port });
  expect(kept, 'a second connection was made, which stays open').toBe(true);
});
