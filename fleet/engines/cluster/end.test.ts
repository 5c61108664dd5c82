import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { productionHosts } from '../../hosts.ts';
import { identify } from '../../process-identity.ts';
import type { ProcessIdentity } from '../../process-identity.ts';
import { createRun, runDirectory } from '../../runs.ts';
import { endRun } from './end.ts';

let folder: string;
let api: Server;
let namespace: { labels: Record<string, string> } | undefined;
let changes: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'state-'));
  vi.stubEnv('FLEET_STATE_DIR', folder);
  changes = [];
  api = createServer(({ method, url }, response) => {
    response.setHeader('content-type', 'application/json');
    if (method !== 'GET') changes.push(`${method} ${url?.split('?')[0]}`);
    if (!namespace) response.statusCode = 404;
    const metadata = { name: 'dezky-mine', uid: '1', ...namespace };
    response.end(JSON.stringify({ kind: 'Namespace', apiVersion: 'v1', metadata }));
    if (method === 'DELETE') namespace = undefined;
  });
  await once(api.listen(0, '127.0.0.1'), 'listening');
  createRun({
    runId: 'mine',
    engine: 'cluster',
    startedAt: '',
    detached: false,
    hosts: productionHosts,
    owner: identify(process.pid) as ProcessIdentity,
    processes: [],
    kubernetes: { namespace: 'dezky-mine', kubeconfig: join(runDirectory('mine'), 'kubeconfig') },
  });
  const server = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  writeFileSync(
    join(runDirectory('mine'), 'kubeconfig'),
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  );
});
afterEach(async () => {
  vi.unstubAllEnvs();
  api.closeAllConnections();
  await new Promise((resolve) => api.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

test('a namespace of the run is deleted, and its files go', async () => {
  namespace = { labels: { 'dezky.example/run': 'mine' } };
  await endRun('mine');
  expect(changes[0]).toBe('DELETE /api/v1/namespaces/dezky-mine');
  expect(existsSync(runDirectory('mine'))).toBe(false);
});

test.each([{}, { 'dezky.example/run': 'other' }])(
  'a namespace that is not the run’s is left alone: %o',
  async (labels) => {
    namespace = { labels } as { labels: Record<string, string> };
    await expect(endRun('mine')).rejects.toThrow('does not carry the label dezky.example/run=mine');
    expect(changes).toEqual([]);
  },
);

test('without the cluster the files stay, so that it can be tried again', async () => {
  api.closeAllConnections();
  await new Promise((resolve) => api.close(resolve));
  await expect(endRun('mine')).rejects.toThrow('Try again: npm run fleet -- down mine');
  expect(existsSync(runDirectory('mine'))).toBe(true);
});

test('a namespace that is gone already is no fault', async () => {
  namespace = undefined;
  await endRun('mine');
  expect(changes).toEqual([]);
  expect(existsSync(runDirectory('mine'))).toBe(false);
});
