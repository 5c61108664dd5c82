import { X509Certificate } from 'node:crypto';
import { connect, createServer } from 'node:tls';
import { once } from 'node:events';
import { callbackify } from 'node:util';
import { expect, test } from 'vitest';
import { listening } from '../testing.ts';
import { createAuthority, openAuthority } from './certificate-authority.ts';

async function servedTo(host: string) {
  const material = await createAuthority({ runId: 'r1' });
  const authority = openAuthority(material);
  const port = await listening(createServer({ SNICallback: callbackify(authority.contextFor) }));
  const socket = connect({ port, host: '127.0.0.1', servername: host, ca: material.caCertPem });
  try {
    await once(socket, 'secureConnect');
    return { material, leaf: socket.getPeerX509Certificate() };
  } finally {
    socket.destroy();
  }
}

test('a client that trusts the CA trusts the certificate of any host, and is served the chain', async () => {
  const { leaf, material } = await servedTo('auth.dezky.example');
  expect(leaf?.checkHost('auth.dezky.example')).toBe('auth.dezky.example');
  expect(leaf?.checkHost('operator.dezky.example')).toBeUndefined();
  expect(leaf?.issuerCertificate?.fingerprint256).toBe(new X509Certificate(material.caCertPem).fingerprint256);
});

test('the CA names its run, may sign nothing but leaves and is short-lived', async () => {
  const { caCertPem } = await createAuthority({ runId: 'run-7' });
  const ca = new X509Certificate(caCertPem);
  expect(ca.subject).toBe('CN=Fleet run-7');
  expect(ca.ca).toBe(true);
  expect(ca.verify(ca.publicKey)).toBe(true);
  const days = (Date.parse(ca.validTo) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(6.9);
  expect(days).toBeLessThan(7.1);
});
