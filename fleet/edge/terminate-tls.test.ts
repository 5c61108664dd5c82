import { once } from 'node:events';
import { connect as connectTcp, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAuthority, openAuthority } from '../run/certificate-authority.ts';
import type { Authority, AuthorityMaterial } from '../run/certificate-authority.ts';
import { terminateTls } from './terminate-tls.ts';

const fallback = 'unnamed.invalid';

let material: AuthorityMaterial;
let server: Server;
/** What `terminateTls` reported, in order. The test waits for the first entry. */
let reported: Array<{ servername: string } | { error: string }>;
let first: Promise<unknown>;
const sockets = new Set<Socket>();

beforeAll(async () => {
  material = await createAuthority({ runId: 'unit' });
});

async function listen(authority: Authority): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  first = promise;
  server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    terminateTls(socket, fallback, authority, {
      onSecure: (secured, servername) => {
        reported.push({ servername });
        secured.end(`for ${servername}`);
        resolve();
      },
      onFailed: (error) => {
        reported.push({ error: error.code ?? error.message });
        resolve();
      },
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
}
beforeEach(() => {
  reported = [];
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const port = (): number => (server.address() as AddressInfo).port;

/** The names on the certificate that a client gets, the negotiated protocol, and the data sent to the client. */
async function shown(options: ConnectionOptions) {
  const socket = connectTls({ port: port(), host: '127.0.0.1', ca: material.caCertPem, ...options });
  await once(socket, 'secureConnect');
  const { subjectaltname } = socket.getPeerCertificate();
  const protocol = socket.alpnProtocol;
  const text = await socket.setEncoding('utf8').reduce((all: string, chunk: string) => all + chunk, '');
  return { subjectaltname, protocol, text };
}

test('a client gets the certificate of the host that it names, in whatever case', async () => {
  await listen(openAuthority(material));
  expect(await shown({ servername: 'Operator.dezky.example', ALPNProtocols: ['h2', 'http/1.1'] })).toEqual({
    subjectaltname: expect.stringMatching(/^DNS:operator\.dezky\.example$/i) as string,
    protocol: 'http/1.1',
    text: 'for operator.dezky.example',
  });
});

test('a client that names no host gets the certificate of the one given', async () => {
  await listen(openAuthority(material));
  expect(await shown({ servername: '', checkServerIdentity: () => undefined })).toMatchObject({
    subjectaltname: `DNS:${fallback}`,
    text: 'for ',
  });
});

test('what is no TLS is told as a failure, and is not taken for a connection', async () => {
  await listen(openAuthority(material));
  connectTcp(port(), '127.0.0.1')
    .on('error', () => {})
    .end('GET / HTTP/1.1\r\n\r\n');
  await first;
  expect(reported).toEqual([{ error: expect.stringMatching(/^ERR_SSL_/) as string }]);
});

test('a certificate that cannot be made is told as a failure', async () => {
  await listen({ contextFor: () => Promise.reject(new Error('no such name')) });
  connectTcp(port(), '127.0.0.1').on('error', () => {});
  await first;
  expect(reported).toEqual([{ error: 'no such name' }]);
});
