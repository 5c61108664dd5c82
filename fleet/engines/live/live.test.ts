import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listening, scratchFolder } from '../../testing.ts';
import { createAuthority, openAuthority } from '../../run/certificate-authority.ts';
import { Live } from './live.ts';
import { Unreachable } from './unreachable.ts';

const host = 'operator.dezky.example';
const folder = scratchFolder(afterAll);
const caFile = join(folder, 'ca.pem');

const routes: Readonly<Record<string, RequestListener>> = {
  '/seen?a=1': (request, response) =>
    response.end(JSON.stringify({ method: request.method, headers: request.headers })),
  '/away': (_request, response) => response.writeHead(302, { location: '/seen?a=1' }).end('moved'),
  '/never': () => {},
  '/late': (_request, response) =>
    void setTimeout(() => response.writeHead(200, { 'x-served-by': 'pod-b' }).end(), 700),
  '/cut': (_request, response) => {
    response.writeHead(200, { 'content-length': 500, 'x-served-by': 'pod-b' }).write('{"name"');
    setTimeout(() => response.socket?.destroy(), 20);
  },
  '/commands': (_request, response) =>
    response
      .writeHead(200, { location: '/a\u009b31mb', 'x-list': ['a\u0085b'] })
      .end(String.raw`{"na\nme": ["x\n::add-mask::y\u001b[31m\u2028z", 1, null]}`),
  '/script': (_request, response) => response.end('// a\n"\\n"\n'),
  '/too-large': (_request, response) => response.end(Buffer.alloc(9 * 2 ** 20)),
};

let port: number;
let spki: string;
let stop: () => void;

beforeAll(async () => {
  const material = await createAuthority({ runId: 'live' });
  ({ spki } = material);
  writeFileSync(caFile, material.caCertPem);
  const cert = await openAuthority(material).certificateFor([host]);
  const server = createServer({ key: material.leafKeyPem, cert }, (request, response) =>
    routes[request.url!]!(request, response),
  );
  port = await listening(server, (end) => (stop = end));
});
afterAll(() => stop());

/** Connects to the stub under the product's host name. */
const live = (access: object = {}) =>
  new Live({ caFile, connectTo: [{ host, port: 443, toHost: '127.0.0.1', toPort: port }], ...access });
/** Nothing listens there. */
const free = () => listening(createHttpServer(), (end) => end());

describe('a GET', () => {
  test('asks with the name of the host, its own headers and those of the access', async () => {
    const { status, body } = await live({ headers: { 'user-agent': 'me' } }).get(`https://${host}/seen?a=1`, {
      headers: { cookie: 'a=b' },
    });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ method: 'GET', headers: { host, 'user-agent': 'me', cookie: 'a=b' } });
  });

  test('follows no redirect', async () => {
    const { status, headers } = await live().get(`https://${host}/away`);
    expect([status, headers.location]).toEqual([302, '/seen?a=1']);
  });

  test('has no line ends and controls of terminals in what is read from it', async () => {
    const { headers, body } = await live().get(`https://${host}/commands`);
    expect([headers.location, headers['x-list']]).toEqual(['/ab', 'a b']);
    expect(JSON.parse(body)).toEqual({ 'na me': ['x ::add-mask::y z', 1, null] });
    expect((await live().get(`https://${host}/script`)).body, 'what is no JSON').toBe('// a\n"\\n"\n');
  });

  test('tells with which certificate it was answered', async () => {
    const { certificate } = await live().get(`https://${host}/away`);
    expect(certificate).toMatchObject({ spki, issuer: 'CN=Fleet live', protocol: 'TLSv1.3' });
    expect(certificate!.validTo.getTime()).toBeGreaterThan(Date.now());
  });
});

describe('a host is unreachable, in a sentence', () => {
  const toStub = (name: string) => ({ connectTo: [{ host: name, port: 443, toHost: '127.0.0.1', toPort: port }] });
  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'nobody trusts its certificate',
      () => new Live(toStub(host)).get(`https://${host}/away`),
      /^operator\.dezky\.example shows a certificate that nobody here trusts .*--ca/,
    ],
    [
      'its certificate is another host’s',
      () => live(toStub('portal.dezky.example')).get('https://portal.dezky.example/away'),
      /shows a certificate for another name/,
    ],
    [
      'it does not answer in time',
      () => live().get(`https://${host}/never`, { timeout: 50 }),
      /did not answer within 0\.05 s/,
    ],
    [
      'it answers too late, and then with the name of a pod',
      () => live().get(`https://${host}/late`, { timeout: 600 }),
      /did not answer within 0\.6 s \(GET \S+late; by pod-b; it came after 0\.[78] s\): look at the log of pod-b/,
    ],
    [
      'its answer is cut',
      () => live().get(`https://${host}/cut`),
      /closed the connection before its answer was whole \(GET \S+cut; by pod-b; 7 bytes came, and Content-Length says 500\): look whether a pod was ended then/,
    ],
    [
      'an answer does not end',
      () => live().get(`https://${host}/too-large`),
      / sends more than 8 MiB \(GET .*\): look at what serves it there\.$/,
    ],
    [
      'nothing listens at an IPv6 address',
      async () => new Live({}).get(`http://[::1]:${await free()}/`),
      /EADDRNOTAVAIL|refuses connections/,
    ],
    ['nothing listens there', async () => new Live({}).get(`http://127.0.0.1:${await free()}/`), /refuses connections/],
  ])('when %s', async (_, get, sentence) => {
    const error = await get().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Unreachable);
    expect((error as Error).message).toMatch(sentence);
  });
});

describe('a fault of ours is a HarnessError', () => {
  test('when the proxy does not listen', async () => {
    const asked = new Live({ proxy: `http://127.0.0.1:${await free()}` }).get(`https://${host}/`);
    await expect(asked).rejects.toMatchObject({
      name: 'HarnessError',
      message: expect.stringContaining('Correct --proxy'),
    });
  });

  test.each<[what: string, onConnection: (socket: Socket) => void]>([
    ['stays silent', () => {}],
    ['stays silent in its answer', (socket) => void socket.write('HTTP/1.1 200 OK\r\n')],
    ['speaks no HTTP', (socket) => void socket.write('SSH-2.0-x\r\n')],
    ['closes', (socket) => void socket.end()],
    ['asks for a password', (socket) => void socket.write('HTTP/1.1 407 Password\r\n\r\n')],
  ])('when the proxy %s', async (_what, onConnection) => {
    const proxy = createTcpServer((socket) => onConnection(socket.on('error', () => {})));
    const asked = new Live({ proxy: `http://127.0.0.1:${await listening(proxy)}` });
    await expect(asked.get(`https://${host}/`, { timeout: 300 })).rejects.toThrow(/^The proxy 127.* Correct --proxy/);
  });

  test('when the proxy has no address', async () => {
    const asked = new Live({ proxy: 'http://proxy.invalid:3128' }).get(`https://${host}/`);
    await expect(asked).rejects.toMatchObject({ name: 'HarnessError' });
  });

  test('when the file of authorities is missing or holds none', () => {
    expect(() => new Live({ caFile: join(folder, 'none.pem') })).toThrow(/Give --ca a PEM file/);
    writeFileSync(join(folder, 'empty.pem'), 'x');
    expect(() => new Live({ caFile: join(folder, 'empty.pem') })).toThrow(/holds no certificate/);
  });
});
