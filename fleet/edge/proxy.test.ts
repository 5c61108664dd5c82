import { createServer as createTlsServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { beforeEach, expect, test } from 'vitest';
import { listening } from '../testing.ts';
import { operatorUrl, servedBy, startTestEdge, type TestEdge } from './testing.ts';

let testEdge: TestEdge;
beforeEach(async () => {
  testEdge = await startTestEdge();
});

test('a request over TLS reaches a pod, is attributed and recorded', async () => {
  await testEdge.serve('operator', {
    'operator-1': (_request, response) =>
      response
        .writeHead(201, {
          'x-served-by': 'operator-1',
          'x-revision': 'r7',
          'x-request-id': 'request-1',
          'x-session-reason': 'none',
          location: '/sign-in?code=secret',
        })
        .end('made'),
  });
  const headers = { 'x-edge-client': 'spec-1', 'x-edge-kind': 'browser', cookie: 'a=1; b=2' };
  const reply = await testEdge.request(`${operatorUrl}/a/b?code=secret&x=1`, { method: 'POST', headers, body: 'hi' });
  expect(reply).toMatchObject({ status: 201, body: 'made' });
  expect(testEdge.rows()).toEqual([
    {
      seq: 1,
      at: expect.closeTo(Date.now(), -4),
      ms: expect.any(Number),
      client: 'spec-1',
      kind: 'browser',
      method: 'POST',
      url: `${operatorUrl}/a/b?code=REDACTED&x=1`,
      status: 201,
      service: 'operator',
      pod: 'operator-1',
      servedBy: 'operator-1',
      revision: 'r7',
      reason: 'none',
      requestId: 'request-1',
      location: '/sign-in?code=REDACTED',
      session: '',
      cookies: ['a', 'b'],
      pinned: false,
      outcome: 'proxied',
      error: '',
    },
  ]);
});

test('a pin by header holds for one request; a pin by client until it is lifted', async () => {
  await testEdge.serve('operator', { a: servedBy('a'), b: servedBy('b') });
  const to = async (headers: Record<string, string>) => (await testEdge.request(operatorUrl, { headers })).body;
  expect([await to({ 'x-edge-pin': 'b' }), await to({ 'x-edge-pin': 'b' }), await to({})]).toEqual(['b', 'b', 'a']);
  testEdge.edge.backends.pin('me', [{ service: 'operator', pod: 'a' }]);
  expect([await to({ 'x-edge-client': 'me' }), await to({ 'x-edge-client': 'me' })]).toEqual(['a', 'a']);
  expect(testEdge.rows().map((row) => row.pinned)).toEqual([true, true, false, true, true]);
});

test('a pin to a pod that is no endpoint, and a service without pods, are 503 with a reason', async () => {
  await testEdge.serve('operator', { a: servedBy('a') });
  const pinned = await testEdge.request(operatorUrl, { headers: { 'x-edge-pin': 'gone' } });
  expect(pinned).toMatchObject({ status: 503, headers: { 'x-edge-error': 'PIN_NOT_AN_ENDPOINT' } });
  expect(pinned.body).toMatch(/error: PIN_NOT_AN_ENDPOINT.*gone/);
  testEdge.edge.backends.replace('operator', []);
  const empty = await testEdge.request(operatorUrl);
  expect(empty).toMatchObject({ status: 503, headers: { 'x-edge-error': 'NO_ENDPOINTS' } });
  expect(testEdge.rows()).toMatchObject([
    { status: 503, error: 'PIN_NOT_AN_ENDPOINT', outcome: 'edge', service: 'operator', pod: '', pinned: true },
    { status: 503, error: 'NO_ENDPOINTS', outcome: 'edge', service: 'operator', pod: '', pinned: false },
  ]);
});

test.each([
  ['GET', 301],
  ['POST', 308],
])('%s on http is sent to https with %i, path and query kept', async (method, status) => {
  const reply = await testEdge.request('http://operator.fleet.example/a%20b?c=d&e', { method });
  expect(reply).toMatchObject({ status, headers: { location: `${operatorUrl}/a%20b?c=d&e` } });
  expect(testEdge.rows()).toMatchObject([{ status, outcome: 'edge', service: 'operator', error: '' }]);
});

test('headers end at their hop; who asked is told anew', async () => {
  await testEdge.serve('operator', {
    a: (request, response) =>
      response
        .writeHead(200, {
          Connection: 'x-hop',
          'X-Hop': '1',
          'X-Kept': '2',
          'X-Edge-Error': 'forged',
          'Set-Cookie': ['a=1', 'b=2'],
        })
        .end(JSON.stringify(request.rawHeaders)),
  });
  const headers = {
    connection: 'keep-alive, x-private',
    'x-private': '1',
    'x-mixed-Case': 'kept',
    te: 'trailers',
    'keep-alive': 'timeout=5',
    'proxy-connection': 'keep-alive',
    'x-edge-client': 'me',
    'x-edge-kind': 'api',
    'x-edge-pin': 'a',
    'x-forwarded-proto': 'ftp',
    'x-forwarded-for': '6.6.6.6',
  };
  const reply = await testEdge.request(operatorUrl, { headers });
  const sent: string[] = JSON.parse(reply.body);
  expect(Object.fromEntries(sent.flatMap((name, index) => (index % 2 ? [] : [[name, sent[index + 1]]])))).toEqual({
    Host: 'operator.fleet.example',
    'x-mixed-Case': 'kept',
    'X-Forwarded-For': '127.0.0.1',
    'X-Forwarded-Host': 'operator.fleet.example',
    'X-Forwarded-Proto': 'https',
    Connection: 'keep-alive',
  });
  expect(reply.headers).toMatchObject({ 'x-kept': '2', 'set-cookie': ['a=1', 'b=2'] });
  const elsewhere = await testEdge.request(operatorUrl, { headers: { ...headers, 'x-edge-address': '203.0.113.7' } });
  expect(JSON.parse(elsewhere.body)).toContain('203.0.113.7');
  expect(reply.headers).not.toHaveProperty('x-hop');
  expect(reply.headers).not.toHaveProperty('x-edge-error');
});

test('kept connections to a pod are used again; Connection: close makes a fresh one', async () => {
  const [pod] = await testEdge.serve('operator', { a: servedBy('a') });
  await testEdge.request(operatorUrl);
  await testEdge.request(operatorUrl);
  expect(pod?.connections()).toBe(1);
  const { https } = testEdge.agents({ keepAlive: false });
  await testEdge.request(operatorUrl, { agent: https });
  expect(pod?.connections()).toBe(2);
  await testEdge.request(operatorUrl);
  expect(pod?.connections()).toBe(2);
});

test.each([
  [3, 2],
  [9, 1],
])(
  'of a pod that keeps idle connections for %d s, two requests use %d: none is reused in the last 3 s',
  async (seconds, used) => {
    const sockets = new Set<unknown>();
    await testEdge.serve('operator', {
      a: (request, response) => {
        sockets.add(request.socket);
        response.writeHead(200, { connection: 'keep-alive', 'keep-alive': `timeout=${seconds}` }).end();
      },
    });
    for (let count = 0; count < 2; count++) await testEdge.request(operatorUrl);
    expect(sockets.size).toBe(used);
  },
);

test('an endpoint that is removed finishes its request; its connections close as they fall idle', async () => {
  const started = Promise.withResolvers<() => void>();
  const [pod] = await testEdge.serve('operator', {
    a: (request, response) => {
      if (request.url === '/slow') started.resolve(() => response.end('slow'));
      else response.end('quick');
    },
  });
  const open = () => new Promise((resolve) => pod?.server.getConnections((_error, count) => resolve(count)));
  const slow = testEdge.request(`${operatorUrl}/slow`, { agent: testEdge.agents().https });
  const finish = await started.promise;
  await testEdge.request(operatorUrl);
  expect(await open()).toBe(2);
  testEdge.edge.backends.replace('operator', []);
  await expect.poll(open).toBe(1);
  finish();
  expect((await slow).body).toBe('slow');
  await expect.poll(open).toBe(0);
});

test('a closed port is 502 with its code, and nothing is tried twice', async () => {
  const [dead, alive] = await testEdge.serve('operator', { dead: servedBy('dead'), alive: servedBy('alive') });
  dead?.server.close();
  const reply = await testEdge.request(operatorUrl, { agent: testEdge.agents({ keepAlive: false }).https });
  expect(reply).toMatchObject({ status: 502, headers: { 'x-edge-error': 'ECONNREFUSED' } });
  expect(alive?.connections()).toBe(0);
  expect(testEdge.rows()).toMatchObject([{ status: 502, error: 'ECONNREFUSED', pod: 'dead', outcome: 'proxied' }]);
});

test('a pod that hangs up before it answers is 502, on a fresh and on a kept connection, also for a GET', async () => {
  let requests = 0;
  const [pod] = await testEdge.serve('operator', {
    a: (request, response) => (++requests % 2 ? response.end('fine') : request.socket.resetAndDestroy()),
  });
  expect((await testEdge.request(operatorUrl)).status).toBe(200);
  expect(await testEdge.request(operatorUrl)).toMatchObject({ status: 502, headers: { 'x-edge-error': 'ECONNRESET' } });
  expect(requests).toBe(2);
  expect(pod?.connections()).toBe(1);
  expect(testEdge.rows()[1]).toMatchObject({ status: 502, error: 'ECONNRESET', pod: 'a' });
});

test('a pod that breaks off its answer breaks the connection of the client too', async () => {
  await testEdge.serve('operator', {
    a: (request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => request.socket.resetAndDestroy());
    },
  });
  const reply = await testEdge.open(operatorUrl);
  await expect(text(reply)).rejects.toThrow(/aborted/);
  expect(await testEdge.rowsOnceThereAre(1)).toMatchObject([{ status: 200, error: 'ECONNRESET', pod: 'a' }]);
});

test.each([
  ['no HTTP at all', 'SSH-2.0-OpenSSH\r\n\r\n', /^HPE_/],
  [
    'a status that cannot be passed on',
    'HTTP/1.1 042 Odd\r\ncontent-length: 0\r\n\r\n',
    /^ERR_HTTP_INVALID_STATUS_CODE$/,
  ],
])('an answer that is %s is 502, and the edge lives on', async (_name, bytes, code) => {
  await testEdge.serveBytes('operator', bytes);
  for (let turn = 0; turn < 2; turn++) {
    const reply = await testEdge.request(operatorUrl);
    expect(reply).toMatchObject({ status: 502, headers: { 'x-edge-error': expect.stringMatching(code) } });
  }
  expect(testEdge.rows().every((row) => row.status === 502 && code.test(row.error))).toBe(true);
});

test('a request has the session that the app names, or the one of its cookie when no pod names it', async () => {
  const cookies = ['A', ''];
  await testEdge.serve('operator', {
    a: (_request, response) => {
      const next = cookies.shift();
      if (next) response.setHeader('set-cookie', `__Host-session=${next}; Path=/; HttpOnly`);
      if (next) response.setHeader('x-session', '0123456789ab');
      response.end();
    },
  });
  await testEdge.request(operatorUrl);
  await testEdge.request(operatorUrl, { headers: { cookie: '__Host-session=A' } });
  await testEdge.request(operatorUrl, { headers: { cookie: '__Host-session=B' } });
  expect(testEdge.rows().map((row) => row.session)).toEqual(['0123456789ab', '0123456789ab', '']);
});

test('a request that names no host to go to is told how to use a proxy, and is no row', async () => {
  const reply = await fetch(`${testEdge.proxyUrl}/health`);
  expect(reply.status).toBe(400);
  expect(await reply.text()).toMatch(/curl --proxy http:\/\/127/);
  expect(testEdge.rows()).toEqual([]);
});

test('an endpoint outside the fleet with a certificate that is refused gets no request', async () => {
  const { caCertPem, caKeyPem } = testEdge.authority;
  let asked = 0;
  const server = createTlsServer({ cert: caCertPem, key: caKeyPem }, () => asked++);
  const port = await listening(server);
  testEdge.edge.backends.replace('operator', [{ pod: 'authentik', host: '127.0.0.1', port, outside: 'https' }]);
  const { status, headers } = await testEdge.request(operatorUrl);
  expect({ status, code: headers['x-edge-error'], asked }).toEqual({
    status: 502,
    // It is the certificate of an authority and not of a server.
    code: 'INVALID_PURPOSE',
    asked: 0,
  });
});
