import { afterEach, beforeEach, expect, test } from 'vitest';
import { edgeControl } from './control-plane.ts';
import { startTestEdge, testRoutes, type TestEdge } from './testing.ts';

let testEdge: TestEdge;
let call: (
  method: string,
  path: string,
  body?: unknown,
  token?: string,
) => Promise<{ status: number; json: { message?: string } }>;
beforeEach(async () => {
  testEdge = await startTestEdge([]);
  const app = edgeControl(testEdge.edge, 'secret');
  call = async (method, path, body, token = 'secret') => {
    const response = await app.request(path, {
      method,
      headers: token ? { authorization: `Bearer ${token}` } : {},
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text ? JSON.parse(text) : undefined };
  };
});
afterEach(() => testEdge[Symbol.asyncDispose]());

test('everything but health asks for the token', async () => {
  expect(await call('GET', '/health', undefined, '')).toMatchObject({
    status: 200,
    json: { ok: true, cursor: 0 },
  });
  for (const token of ['', 'wrong', 'secret2']) {
    expect((await call('GET', '/ledger', undefined, token)).status, `with "${token}"`).toBe(401);
    expect((await call('PUT', '/routing', { routes: testRoutes, endpoints: {} }, token)).status).toBe(401);
  }
  expect(testEdge.edge.routes.hasHost(testRoutes[0]?.host ?? '')).toBe(false);
});
