import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { operatorUrl, startTestEdge, type TestEdge } from './testing.ts';

let testEdge: TestEdge;
beforeEach(async () => {
  testEdge = await startTestEdge();
});

const megabyte = Buffer.alloc(1024 * 1024, 'dezky');
/** The bytes that the sockets of three hops may buffer in total. */
const inSockets = 32 * megabyte.length;

const digestOf = (buffer: Buffer, times: number): string => {
  const hash = createHash('sha256');
  for (let count = 0; count < times; count++) hash.update(buffer);
  return hash.digest('hex');
};

test('an event of an SSE stream arrives while the stream is open, and the head before any event', async () => {
  const written = Promise.withResolvers<(event: string) => void>();
  await testEdge.serve('operator', {
    a: (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      written.resolve((event) => (event ? response.write(event) : response.end()));
    },
  });
  const reply = await testEdge.open(`${operatorUrl}/events`);
  const write = await written.promise;
  write('data: one\n\n');
  expect(String((await once(reply, 'data'))[0])).toBe('data: one\n\n');
  write('data: two\n\n');
  expect(String((await once(reply, 'data'))[0])).toBe('data: two\n\n');
  expect(testEdge.rows()).toEqual([]);
  expect(testEdge.edge.ledger.inFlight).toBe(1);
  write('');
  await once(reply, 'end');
  expect(await testEdge.rowsOnceThereAre(1)).toMatchObject([{ status: 200, error: '' }]);
});

test('a client that leaves takes its request to the pod with it', async () => {
  const left = Promise.withResolvers<void>();
  await testEdge.serve('operator', {
    a: (request, response) => {
      response.once('close', () => left.resolve());
      if (request.url === '/stream') response.write('first');
    },
  });
  const reply = await testEdge.open(`${operatorUrl}/stream`);
  reply.destroy();
  await left.promise;
  const unanswered = httpsRequest(`${operatorUrl}/silent`, { agent: testEdge.agents().https });
  unanswered.on('error', () => undefined);
  unanswered.end();
  await expect.poll(() => testEdge.edge.ledger.inFlight).toBe(1);
  unanswered.destroy();
  expect(await testEdge.rowsOnceThereAre(2)).toMatchObject([
    { status: 200, error: 'CLIENT_ABORTED' },
    { status: 0, error: 'CLIENT_ABORTED' },
  ]);
});

/** A transfer of 64 MB to a slow reader. */
function transfer() {
  const hash = createHash('sha256');
  let ahead = 0;
  let furthestAhead = 0;
  return {
    write: async (to: Writable): Promise<void> => {
      for (let count = 0; count < 64; count++) {
        ahead += megabyte.length;
        furthestAhead = Math.max(furthestAhead, ahead);
        if (!to.write(megabyte)) await once(to, 'drain');
      }
      to.end();
    },
    read: async (from: AsyncIterable<Buffer>): Promise<void> => {
      for await (const chunk of from) {
        hash.update(chunk);
        ahead -= chunk.length;
        for (let turn = 0; turn < 5; turn++) await nextTurn();
      }
    },
    result: () => ({ digest: hash.digest('hex'), isHeldBack: furthestAhead < inSockets }),
  };
}

test('64 MB come down whole, and the pod is held back by a slow reader', async () => {
  const { write, read, result } = transfer();
  await testEdge.serve('operator', { a: (_request, response) => void write(response) });
  await read(await testEdge.open(operatorUrl));
  expect(result()).toEqual({ digest: digestOf(megabyte, 64), isHeldBack: true });
});

test('64 MB go up whole, and the client is held back by a slow pod', async () => {
  const { write, read, result } = transfer();
  await testEdge.serve('operator', { a: (request, response) => void read(request).then(() => response.end()) });
  const upload = httpsRequest(operatorUrl, { method: 'PUT', agent: testEdge.agents().https });
  await Promise.all([once(upload, 'response'), write(upload)]);
  expect(result()).toEqual({ digest: digestOf(megabyte, 64), isHeldBack: true });
});

test.each(['DELETE', 'POST'])('a chunked body of %s arrives as a body', async (method) => {
  await testEdge.serve('operator', { a: async (request, response) => response.end(`got ${await text(request)}`) });
  const headers = { 'transfer-encoding': 'chunked' };
  expect((await testEdge.request(operatorUrl, { method, headers, body: 'this' })).body).toBe('got this');
  expect((await testEdge.request(operatorUrl, { method })).body).toBe('got ');
});

test('a POST that tells nothing of a body goes upstream with a length of 0', async () => {
  await testEdge.serve('portal', { a: (request, response) => response.end(JSON.stringify(request.headers)) });
  const socket = await testEdge.socket();
  socket.write('POST http://portal.fleet.example/ HTTP/1.1\r\nHost: portal.fleet.example\r\nConnection: close\r\n\r\n');
  const headers = JSON.parse(/\{.*\}/.exec(await text(socket))?.[0] ?? '{}');
  expect(headers).toMatchObject({ 'content-length': '0' });
  expect(headers).not.toHaveProperty('transfer-encoding');
});

test.each([
  ['HEAD', 200, { 'content-length': '1234' }],
  ['GET', 204, {}],
  ['GET', 304, { etag: '"x"' }],
])('%s %i has no body and leaves the connection usable', async (method, status, headers) => {
  await testEdge.serve('operator', {
    a: (request, response) =>
      request.url === '/next'
        ? response.end('next')
        : response.writeHead(status, headers as Record<string, string>).end(),
  });
  const agent = testEdge.agents().https;
  const reply = await testEdge.request(operatorUrl, { method, agent });
  expect(reply).toMatchObject({ status, headers, body: '' });
  expect(reply.headers).not.toHaveProperty('transfer-encoding');
  expect((await testEdge.request(`${operatorUrl}/next`, { agent })).body).toBe('next');
});

test('100 comes from the pod', async () => {
  const [pod] = await testEdge.serve('operator', { a: (_request, response) => response.end('unasked') });
  pod?.server.on('checkContinue', async (request, response) => {
    response.writeContinue();
    response.end(await text(request));
  });
  const upload = httpsRequest(operatorUrl, {
    method: 'POST',
    agent: testEdge.agents().https,
    headers: { expect: '100-continue', 'content-length': '4' },
  });
  upload.on('continue', () => upload.end('body'));
  upload.flushHeaders();
  const [reply] = (await once(upload, 'response')) as [IncomingMessage];
  expect(await text(reply)).toBe('body');
});

test('an answer that comes before the upload is over reaches the client', async () => {
  await testEdge.serve('operator', { a: (_request, response) => response.writeHead(413).end('too big') });
  const upload = httpsRequest(operatorUrl, { method: 'POST', agent: testEdge.agents().https });
  upload.on('error', () => undefined);
  upload.write(megabyte);
  const [reply] = (await once(upload, 'response')) as [IncomingMessage];
  expect(reply.statusCode).toBe(413);
  expect(await text(reply)).toBe('too big');
  upload.destroy();
});
