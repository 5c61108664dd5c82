import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { beforeEach, expect, test } from 'vitest';
import { operatorHost, servedBy, startTestEdge, type TestEdge } from './testing.ts';

let testEdge: TestEdge;
beforeEach(async () => {
  testEdge = await startTestEdge();
});

const connectTo = (target: string): string => `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n`;

test.each([
  ['https://auth.fleet.local/application/o/operator/end-session/?id_token_hint=x', 'auth.fleet.local'],
  ['https://operator.fleet.example:8443/', 'operator.fleet.example'],
  ['http://operator.fleet.example:3000/', 'operator.fleet.example'],
])('%s is refused with 421 and recorded', async (url, host) => {
  const reply = await testEdge.request(url, {
    agent: testEdge.agents({ user: 'operator-1' })[url.startsWith('https') ? 'https' : 'http'],
  });
  expect(reply.status).toBe(421);
  expect(reply.body).toContain(host);
  expect(testEdge.rows()).toMatchObject([
    { status: 421, outcome: 'egress', client: 'operator-1', kind: 'pod', method: 'GET', service: '', pod: '' },
  ]);
  expect(testEdge.rows()[0]?.url).toBe(url.replace('hint=x', 'hint=REDACTED'));
});

test('a tunnel to a host outside is egress, whatever Host says in it', async () => {
  await testEdge.serve('operator', { a: servedBy('a') });
  const reply = await testEdge.request('https://elsewhere.example/', { headers: { host: operatorHost } });
  expect(reply.status).toBe(421);
  expect(testEdge.rows()).toMatchObject([{ outcome: 'egress', url: 'https://elsewhere.example/' }]);
});

test('a tunnel to the outside that carries no request is recorded', async () => {
  const socket = await testEdge.socket();
  const credentials = Buffer.from('operator-1:x').toString('base64');
  socket.write(`${connectTo('elsewhere.example:443')}Proxy-Authorization: Basic ${credentials}\r\n\r\n`);
  await once(socket, 'data');
  socket.end();
  expect(await testEdge.rowsOnceThereAre(1)).toMatchObject([
    {
      method: 'CONNECT',
      url: 'https://elsewhere.example:443',
      status: 0,
      outcome: 'egress',
      error: 'NO_REQUEST',
      client: 'operator-1',
      kind: 'pod',
    },
  ]);
});

test('a client that does not trust the edge leaves a row, outside and inside the fleet', async () => {
  for (const host of ['elsewhere.example', operatorHost]) {
    const socket = await testEdge.socket();
    socket.write(`${connectTo(`${host}:443`)}\r\n`);
    await once(socket, 'data');
    // Like Chromium, rejects the certificate with a TLS alert.
    socket.write(Buffer.from('16030100050100000100', 'hex'));
    socket.on('error', () => undefined);
    socket.resume();
    await once(socket, 'close');
  }
  expect(await testEdge.rowsOnceThereAre(2)).toMatchObject([
    { method: 'CONNECT', outcome: 'egress', status: 0, error: expect.stringMatching(/^ERR_SSL_/) },
    { method: 'CONNECT', outcome: 'edge', status: 0, error: expect.stringMatching(/^ERR_SSL_/) },
  ]);
});

test.each(['no-port.example', 'host:65536'])('CONNECT %s is 400', async (target) => {
  const socket = await testEdge.socket();
  socket.write(`${connectTo(target)}\r\n`);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
});
