import { expect, test } from 'vitest';
import { edgeControl } from './control-plane.ts';
import { startTestEdge, testRoutes } from './testing.ts';

test('everything but health asks for the token', async () => {
  await using testEdge = await startTestEdge([]);
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
