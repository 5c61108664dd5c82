import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { operatorUrl, startTestEdge } from './testing.ts';
import type { TestEdge } from './testing.ts';

let testEdge: TestEdge;
beforeEach(async () => {
  testEdge = await startTestEdge();
});
afterEach(() => testEdge[Symbol.asyncDispose]());

const url = operatorUrl.replace('https', 'wss');
const connect = (path = '/socket', headers: Record<string, string> = {}) =>
  new WebSocket(url + path, { agent: testEdge.agents().https, headers });

test('a WebSocket passes both ways, and its row comes when it closes', async () => {
  const [pod] = await testEdge.serve('operator', { a: (_request, response) => response.end() });
  const sockets = new WebSocketServer({ server: pod!.server });
  sockets.on('headers', (headers) => headers.push('x-served-by: a'));
  sockets.on('connection', (socket, request) => {
    // Sent together with the 101. All of it must arrive.
    socket.send(`hello ${request.headers['x-forwarded-proto']} ${request.headers['x-edge-client']}`);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  const client = connect('/socket', { 'x-edge-client': 'me' });
  expect(String((await once(client, 'message'))[0])).toBe('hello https undefined');
  const big = Buffer.alloc(3_000_000, 7);
  client.send(big);
  expect(big.equals((await once(client, 'message'))[0] as Buffer)).toBe(true);
  expect(testEdge.rows()).toEqual([]);
  client.close(1000);
  expect((await once(client, 'close'))[0]).toBe(1000);
  expect(await testEdge.rowsOnceThereAre(1)).toMatchObject([
    { status: 101, client: 'me', pod: 'a', servedBy: 'a', outcome: 'proxied', error: '' },
  ]);
});

test('a pod that dies closes the WebSocket, and a client that leaves frees the pod', async () => {
  const [pod] = await testEdge.serve('operator', { a: (_request, response) => response.end() });
  const sockets = new WebSocketServer({ server: pod!.server });
  const [first] = await Promise.all([once(sockets, 'connection'), once(connect(), 'open')]);
  const client = connect();
  await once(client, 'open');
  (first[0] as WebSocket).terminate();
  await testEdge.rowsOnceThereAre(1);
  const second = [...sockets.clients].find((socket) => socket.readyState === WebSocket.OPEN);
  const freed = once(second!, 'close');
  client.terminate();
  await freed;
  expect(sockets.clients.size).toBe(0);
});

test('a pod that resets the connection ends it for the client, with its code', async () => {
  const [pod] = await testEdge.serve('operator', { a: (_request, response) => response.end() });
  const sockets = new WebSocketServer({ server: pod!.server });
  sockets.on('connection', (_socket, request) => request.socket.resetAndDestroy());
  const client = connect();
  client.on('error', () => undefined);
  expect((await once(client, 'close'))[0]).toBe(1006);
  expect(await testEdge.rowsOnceThereAre(1)).toMatchObject([{ status: 101, pod: 'a', error: 'ECONNRESET' }]);
});

test('a client that resets the connection frees the pod, and the row says whose doing it was', async () => {
  const freed = Promise.withResolvers<void>();
  const [pod] = await testEdge.serve('portal', { a: (_request, response) => response.end() });
  const sockets = new WebSocketServer({ server: pod!.server });
  sockets.on('connection', (socket) => socket.once('close', () => freed.resolve()));
  const client = await testEdge.socket();
  client.write(
    'GET http://portal.dezky.example/ HTTP/1.1\r\nHost: portal.dezky.example\r\nConnection: Upgrade\r\n' +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  expect(String((await once(client, 'data'))[0])).toMatch(/^HTTP\/1\.1 101 /);
  client.resetAndDestroy();
  await freed.promise;
  expect(await testEdge.rowsOnceThereAre(1)).toMatchObject([{ status: 101, pod: 'a', error: 'CLIENT_ABORTED' }]);
});

test('a pod that refuses to switch answers as to any request, big bodies included', async () => {
  const body = 'no'.repeat(500_000);
  const [pod] = await testEdge.serve('operator', { a: (_request, response) => response.end() });
  pod!.server.on('upgrade', (_request, socket) =>
    socket.end(`HTTP/1.1 401 Unauthorized\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
  );
  const client = connect();
  client.on('error', () => undefined);
  const [, reply] = await once(client, 'unexpected-response');
  let length = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) length += chunk.length;
  expect([reply.statusCode, length]).toEqual([401, body.length]);
  expect(await testEdge.rowsOnceThereAre(1)).toMatchObject([{ status: 401, pod: 'a' }]);
});

test('the edge refuses where there is no pod, and outside the fleet', async () => {
  for (const [address, status] of [
    [url, 503],
    ['wss://elsewhere.example/', 421],
  ] as const) {
    const client = new WebSocket(address, { agent: testEdge.agents().https });
    client.on('error', () => undefined);
    const [, reply] = await once(client, 'unexpected-response');
    expect(reply.statusCode).toBe(status);
    reply.resume();
  }
});

test('an offer of another protocol is ignored', async () => {
  await testEdge.serve('operator', { a: (request, response) => response.end(request.headers.upgrade ?? 'plain') });
  const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'x' };
  expect(await testEdge.request(operatorUrl, { headers })).toMatchObject({ status: 200, body: 'plain' });
});
