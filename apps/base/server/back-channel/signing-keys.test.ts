import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT, type JWK } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { signingKeys } from './signing-keys.ts';

/** A server with the public keys that are in the list, and how often it was asked. */
async function serve(keys: readonly JWK[]): Promise<{ url: string; asked: () => number }> {
  let count = 0;
  const server = createServer((_, response) => {
    count += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { url: `http://127.0.0.1:${address.port}/`, asked: () => count };
}

/** A new key, and a token that it has signed. */
async function newKey(kid: string): Promise<{ jwk: JWK; token: string }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' }, token };
}

test('the keys of an address are one set, which is read when a token needs it', async () => {
  const { jwk, token } = await newKey('one');
  const { url, asked } = await serve([jwk]);
  expect(signingKeys(url)).toBe(signingKeys(url));
  expect(signingKeys(`${url}other`)).not.toBe(signingKeys(url));
  expect(asked()).toBe(0);
  await jwtVerify(token, signingKeys(url));
  await jwtVerify(token, signingKeys(url));
  expect(asked()).toBe(1);
});

test('a token of a key that is newer than the last fetch is accepted, also right after a token of an unknown key', async () => {
  const [first, second, unknown] = [await newKey('one'), await newKey('two'), await newKey('unknown')];
  const published = [first.jwk];
  const { url, asked } = await serve(published);
  await expect(jwtVerify(unknown.token, signingKeys(url))).rejects.toThrow('no applicable key');
  published.push(second.jwk);
  await expect(jwtVerify(second.token, signingKeys(url))).resolves.toBeTruthy();
  expect(asked()).toBe(2);
});

test('many tokens of unknown keys lead to one fetch', async () => {
  const [first, unknown] = [await newKey('one'), await newKey('unknown')];
  const { url, asked } = await serve([first.jwk]);
  await jwtVerify(first.token, signingKeys(url));
  const refused = Array.from({ length: 20 }, () => jwtVerify(unknown.token, signingKeys(url)));
  expect((await Promise.allSettled(refused)).every(({ status }) => status === 'rejected')).toBe(true);
  expect(asked()).toBe(2);
});
