import { createServer } from 'node:http';
import { toNodeHandler } from 'h3/node';
import { beforeEach, expect, test } from 'vitest';
import { HarnessError } from '../errors.ts';
import { listening } from '../testing.ts';
import { EdgeClient } from './client.ts';
import { edgeControl } from './control-plane.ts';
import { operatorUrl, servedBy, startTestEdge, testRoutes, type TestEdge } from './testing.ts';

let testEdge: TestEdge;
let controlUrl: string;
let client: EdgeClient;
beforeEach(async () => {
  testEdge = await startTestEdge([]);
  controlUrl = `http://127.0.0.1:${await listening(createServer(toNodeHandler(edgeControl(testEdge.edge, 't'))))}`;
  client = new EdgeClient({ controlUrl, controlToken: 't' });
});

test('what the client puts, the proxy follows', async () => {
  const pods = await Promise.all(['a', 'b'].map((name) => testEdge.pod(name, servedBy(name))));
  await client.putRouting({ routes: testRoutes, endpoints: { operator: pods.map((pod) => pod.endpoint) } });
  await client.pin('me', [{ service: 'operator', pod: 'b' }]);
  const ask = async () => (await testEdge.request(operatorUrl, { headers: { 'x-edge-client': 'me' } })).body;
  expect([await ask(), await ask()]).toEqual(['b', 'b']);
  await client.pin('me', []);
  expect(new Set([await ask(), await ask()])).toEqual(new Set(['a', 'b']));
  expect((await client.ledger({ client: 'me' })).map((row) => row.pinned)).toEqual([true, true, false, false]);
});

test('a port that is given back can be taken by another edge', async () => {
  const port = await listening(createServer(), (end) => end());
  await testEdge.edge.intercept(port, '127.0.0.1');
  const other = await startTestEdge([]);
  await expect(other.edge.intercept(port, '127.0.0.1')).rejects.toThrow('EADDRINUSE');
  await client.stopIntercepting();
  await other.edge.intercept(port, '127.0.0.1');
});

test('refusals and absence are harness errors in sentences', async () => {
  const stranger = new EdgeClient({ controlUrl, controlToken: 'wrong' });
  await expect(stranger.ledger()).rejects.toThrow(/^The edge refused GET \/ledger\?after=0 with 401: .*CONTROL_TOKEN/);
  const nobody = new EdgeClient({ controlUrl: 'http://127.0.0.1:1', controlToken: 't' });
  await expect(nobody.cursor()).rejects.toThrow(/does not answer/);
  await expect(nobody.cursor()).rejects.toThrow(HarnessError);
});

test('everything but health asks for the token', async () => {
  const app = edgeControl(testEdge.edge, 'secret');
  const health = await app.request('/health');
  expect([health.status, await health.json()]).toEqual([200, { ok: true, cursor: 0 }]);
  const body = JSON.stringify({ routes: testRoutes, endpoints: {} });
  for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'Bearer secret2' }]) {
    expect((await app.request('/ledger', { headers })).status).toBe(401);
    expect((await app.request('/routing', { method: 'PUT', headers, body })).status).toBe(401);
  }
  expect(testEdge.edge.routes.hasHost(testRoutes[0]?.host ?? '')).toBe(false);
});
