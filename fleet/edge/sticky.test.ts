import { beforeEach, expect, test } from 'vitest';
import { operatorHost, operatorUrl, startTestEdge, type TestEdge } from './testing.ts';

let testEdge: TestEdge;
beforeEach(async () => {
  testEdge = await startTestEdge([
    { host: operatorHost, path: '/', entryPoint: 'websecure', service: 'operator', sticky: true },
  ]);
  await testEdge.serve('operator', {
    a: (_, response) => response.setHeader('set-cookie', 'own=1').end('a'),
    b: (_, response) => response.end('b'),
  });
});

const cookiesOf = ({ headers }: { headers: { 'set-cookie'?: string[] | undefined } }): string[] =>
  headers['set-cookie'] ?? [];

test('a sticky route keeps a client on its first pod, by a cookie beside those of the app', async () => {
  const first = await testEdge.request(operatorUrl);
  expect([first.body, cookiesOf(first)]).toEqual(['a', ['own=1', '_edge_pod=a; Path=/']]);
  const headers = { cookie: 'x=y; _edge_pod=a' };
  const next = await Promise.all([1, 2, 3].map(() => testEdge.request(operatorUrl, { headers })));
  expect(next.map((reply) => [reply.body, cookiesOf(reply)])).toEqual([1, 2, 3].map(() => ['a', ['own=1']]));
});

test('one without a cookie, or with that of a pod that is gone, is balanced', async () => {
  const bodies = [];
  for (const cookie of ['', '_edge_pod=gone', '_edge_pod=']) {
    bodies.push((await testEdge.request(operatorUrl, { headers: { cookie } })).body);
  }
  expect(bodies).toEqual(['a', 'b', 'a']);
});

test('a pin comes before the cookie, and leaves it alone', async () => {
  const reply = await testEdge.request(operatorUrl, { headers: { cookie: '_edge_pod=a', 'x-edge-pin': 'b' } });
  expect([reply.body, cookiesOf(reply)]).toEqual(['b', []]);
});
