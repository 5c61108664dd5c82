import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HarnessError } from '../errors.ts';
import { EdgeClient } from './client.ts';
import { startControlPlane } from './control-plane.ts';
import { operatorUrl, servedBy, startTestEdge, testRoutes, type TestEdge } from './testing.ts';

let testEdge: TestEdge;
let control: Server;
let client: EdgeClient;
const controlUrl = (): string => `http://127.0.0.1:${(control.address() as AddressInfo).port}`;
beforeEach(async () => {
  testEdge = await startTestEdge([]);
  control = await startControlPlane(testEdge.edge, { token: 't', host: '127.0.0.1', port: 0 });
  client = new EdgeClient({ controlUrl: controlUrl(), controlToken: 't' });
});
afterEach(async () => {
  control.closeAllConnections();
  control.close();
  await testEdge[Symbol.asyncDispose]();
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

test('refusals and absence are harness errors in sentences', async () => {
  const stranger = new EdgeClient({ controlUrl: controlUrl(), controlToken: 'wrong' });
  await expect(stranger.ledger()).rejects.toThrow(/^The edge refused GET \/ledger\?after=0 with 401: .*CONTROL_TOKEN/);
  const nobody = new EdgeClient({ controlUrl: 'http://127.0.0.1:1', controlToken: 't' });
  await expect(nobody.cursor()).rejects.toThrow(/does not answer/);
  await expect(nobody.cursor()).rejects.toThrow(HarnessError);
});
