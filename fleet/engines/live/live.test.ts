import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listening, scratchFolder } from '../../testing.ts';
import { HarnessError } from '../../errors.ts';
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
const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('it answered'),
    (error) => error,
  );

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
  test('when nobody trusts its certificate', async () => {
    const error = await failure(
      new Live({ connectTo: [{ host, port: 443, toHost: '127.0.0.1', toPort: port }] }).get(`https://${host}/away`),
    );
    expect(error).toBeInstanceOf(Unreachable);
    expect(error.message).toMatch(/^operator\.dezky\.example shows a certificate that nobody here trusts .*--ca/);
  });

  test('when its certificate is another host’s', async () => {
    const connectTo = [{ host: 'portal.dezky.example', port: 443, toHost: '127.0.0.1', toPort: port }];
    const error = await failure(live({ connectTo }).get('https://portal.dezky.example/away'));
    expect(error.message).toContain('shows a certificate for another name');
  });

  test('when it does not answer in time', async () => {
    const error = await failure(live().get(`https://${host}/never`, { timeout: 50 }));
    expect(error.message).toContain('did not answer within 0.05 s');
  });

  test('when an answer does not end', async () => {
    const error = await failure(live().get(`https://${host}/too-large`));
    expect(error.message).toMatch(/ sends more than 8 MiB \(GET .*\): look at what serves it there\.$/);
  });

  test('when nothing listens there', async () => {
    const free = await listening(createHttpServer(), (end) => end());
    const error = await failure(new Live({}).get(`http://127.0.0.1:${free}/`));
    expect(error.message).toContain('refuses connections');
  });
});

describe('a fault of ours is a HarnessError', () => {
  test('when the proxy does not listen', async () => {
    const free = await listening(createHttpServer(), (end) => end());
    const error = await failure(new Live({ proxy: `http://127.0.0.1:${free}` }).get(`https://${host}/`));
    expect(error).toBeInstanceOf(HarnessError);
    expect(error.message).toContain('Correct --proxy');
  });

  test('when the file of authorities is missing or holds none', () => {
    expect(() => new Live({ caFile: join(folder, 'none.pem') })).toThrow(/Give --ca a PEM file/);
    writeFileSync(join(folder, 'empty.pem'), 'x');
    expect(() => new Live({ caFile: join(folder, 'empty.pem') })).toThrow(/holds no certificate/);
  });
});
