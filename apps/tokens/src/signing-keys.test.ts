import { createServer, type RequestListener } from 'node:http';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT, type JWK } from 'jose';
import { expect, onTestFinished, test, vi } from 'vitest';
import { KeysUnavailable, signingKeys } from './signing-keys.ts';

async function serve(respond: RequestListener): Promise<string> {
  const server = createServer(respond);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}/`;
}

/** A server for a set of public keys, and the number of times that it was fetched. */
async function serveKeys(keys: readonly JWK[]): Promise<{ url: string; fetches: () => number }> {
  let count = 0;
  const url = await serve((_, response) => {
    count += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  return { url, fetches: () => count };
}

/** A new key, and a token signed with it. */
async function newKey(kid: string): Promise<{ jwk: JWK; token: string }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' }, token };
}

const timeoutMs = 4000;

test('the key set is fetched when the first token needs it, and serves the next ones', async () => {
  const { jwk, token } = await newKey('one');
  const { url, fetches } = await serveKeys([jwk]);
  const keys = signingKeys(url, { timeoutMs });
  expect(fetches()).toBe(0);
  await jwtVerify(token, keys);
  await jwtVerify(token, keys);
  expect(fetches()).toBe(1);
});

test('a token of a key that is newer than the last fetch is accepted, also right after a token of an unknown key', async () => {
  const [first, second, unknown] = [await newKey('one'), await newKey('two'), await newKey('unknown')];
  const published = [first.jwk];
  const { url, fetches } = await serveKeys(published);
  const keys = signingKeys(url, { timeoutMs });
  await expect(jwtVerify(unknown.token, keys)).rejects.toThrow('no applicable key');
  published.push(second.jwk);
  await expect(jwtVerify(second.token, keys)).resolves.toBeTruthy();
  expect(fetches()).toBe(2);
});

test('a key that Authentik has dropped is refused after ten minutes at the latest', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const [dropped, next] = [await newKey('dropped'), await newKey('next')];
  const published = [dropped.jwk];
  const keys = signingKeys((await serveKeys(published)).url, { timeoutMs });
  await jwtVerify(dropped.token, keys);
  published.splice(0, 1, next.jwk);
  vi.setSystemTime(Date.now() + 10 * 60_000);
  await expect(jwtVerify(dropped.token, keys)).rejects.toThrow('no applicable key');
});

test('many tokens of unknown keys cause one fetch', async () => {
  const [first, unknown] = [await newKey('one'), await newKey('unknown')];
  const { url, fetches } = await serveKeys([first.jwk]);
  const keys = signingKeys(url, { timeoutMs });
  await jwtVerify(first.token, keys);
  const refused = Array.from({ length: 20 }, () => jwtVerify(unknown.token, keys));
  expect((await Promise.allSettled(refused)).every(({ status }) => status === 'rejected')).toBe(true);
  expect(fetches()).toBe(2);
});

const json =
  (body: unknown): RequestListener =>
  (_, response) =>
    void response.setHeader('content-type', 'application/json').end(JSON.stringify(body));

test.each<[string, RequestListener]>([
  ['answers 500', (_, response) => void response.writeHead(500).end()],
  ['breaks the connection', (_, response) => void response.destroy()],
  ['sends HTML', (_, response) => void response.end('<h1>authentik starting</h1>')],
  ['has no keys, as a provider without a signing key', json({})],
  ['never answers', () => {}],
])('an address that %s has no readable keys', async (_what, respond) => {
  const { token } = await newKey('one');
  const keys = signingKeys(await serve(respond), { timeoutMs: 100 });
  await expect(jwtVerify(token, keys)).rejects.toThrow(KeysUnavailable);
});

test('a token that does not say which of two keys signed it is ambiguous', async () => {
  const [one, two] = [await newKey('one'), await newKey('two')];
  const { url } = await serveKeys([one.jwk, two.jwk]);
  const { privateKey } = await generateKeyPair('ES256');
  const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
  await expect(jwtVerify(token, signingKeys(url, { timeoutMs }))).rejects.toThrow('multiple matching keys');
});
