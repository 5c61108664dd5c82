import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeEach, expect, test } from 'vitest';
import { kubeconfigFor, listening, scratchState } from '../../testing.ts';
import { productionHosts } from '../../product/hosts.ts';
import { beginRun, readRunState, runDirectory, updateRunState, writeRunState } from '../../run/state.ts';
import type { KubernetesPlace, RunState } from '../../run/state.ts';
import { endRun } from './end.ts';

let api: Server;
let namespace: { uid: string; labels: Record<string, string> } | undefined;
/** Requests other than reads, with their bodies. */
let changes: Array<{ what: string; body: { preconditions?: { uid: string } } }>;

beforeEach(async () => {
  scratchState();
  changes = [];
  api = createServer(async (request, response) => {
    const body = (await text(request)) || '{}';
    const { method, url = '' } = request;
    response.setHeader('content-type', 'application/json');
    const what = `${method} ${url.split('?')[0]}`;
    if (method !== 'GET') changes.push({ what, body: JSON.parse(body) as (typeof changes)[number]['body'] });
    const metadata = { name: 'fleet-mine', ...namespace };
    const precondition = changes.at(-1)?.body.preconditions?.uid ?? namespace?.uid;
    if (!namespace) response.statusCode = 404;
    else if (method === 'DELETE' && precondition !== namespace.uid) response.statusCode = 409;
    else if (method === 'DELETE') namespace = undefined;
    response.end(JSON.stringify({ kind: 'Namespace', apiVersion: 'v1', metadata }));
  });
  const place = { namespace: 'fleet-mine', uid: '1', kubeconfig: join(runDirectory('mine'), 'kubeconfig') };
  beginRun('cluster', { runId: 'mine', detached: false, hosts: productionHosts });
  await updateRunState('mine', () => ({ kubernetes: place }));
  writeFileSync(place.kubeconfig, kubeconfigFor(await listening(api)));
});

const labels = { 'fleet/run': 'mine' };

test('a namespace of the run is deleted, that one and no other of its name, and its files go', async () => {
  namespace = { uid: '1', labels };
  await endRun('mine');
  expect(changes).toEqual([{ what: 'DELETE /api/v1/namespaces/fleet-mine', body: { preconditions: { uid: '1' } } }]);
  expect(existsSync(runDirectory('mine'))).toBe(false);
});

test('another namespace of that name is left alone, whatever its labels, and so are its pods', async () => {
  namespace = { uid: '2', labels };
  await endRun('mine');
  expect(changes).toEqual([{ what: 'DELETE /api/v1/namespaces/fleet-mine', body: { preconditions: { uid: '1' } } }]);
  expect(namespace).toEqual({ uid: '2', labels });
  expect(existsSync(runDirectory('mine'))).toBe(false);
});

test('a start that ended before it made its namespace has none to delete', async () => {
  namespace = { uid: '1', labels };
  const { kubernetes, ...state } = readRunState('mine') as RunState & { kubernetes: KubernetesPlace };
  const { uid: _, ...unmade } = kubernetes;
  writeRunState({ ...state, kubernetes: unmade });
  await endRun('mine');
  expect(changes).toEqual([]);
  expect(existsSync(runDirectory('mine'))).toBe(false);
});

test('without the cluster the files stay, so that it can be tried again', async () => {
  api.closeAllConnections();
  api.close();
  await expect(endRun('mine')).rejects.toThrow('Try again: npm run fleet -- down mine');
  expect(existsSync(runDirectory('mine'))).toBe(true);
});
