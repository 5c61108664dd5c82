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
async function serveKeys(
  keys: readonly JWK[],
  outage = { on: false },
): Promise<{ url: string; fetches: () => number }> {
  let count = 0;
  const url = await serve((_, response) => {
    count += 1;
    if (outage.on) response.writeHead(503).end();
    else response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  return { url, fetches: () => count };
}

const warn = vi.spyOn(console, 'warn').mockReturnValue();

/** Moves the clock, which stands still from now on. */
function movableClock(): (minutes: number) => void {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  return (minutes) => void vi.setSystemTime(Date.now() + minutes * 60_000);
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

test('a token of a key that is newer than the last fetch is accepted, also when the clock was set back since', async () => {
  const pass = movableClock();
  const [first, second] = [await newKey('one'), await newKey('two')];
  const published = [first.jwk];
  const keys = signingKeys((await serveKeys(published)).url, { timeoutMs });
  await jwtVerify(first.token, keys);
  published.push(second.jwk);
  pass(-60);
  await expect(jwtVerify(second.token, keys)).resolves.toBeTruthy();
});

test('a key set without end is not read', async () => {
  const { token } = await newKey('one');
  const url = await serve((_, response) => {
    const more = () => void response.write('x'.repeat(65_536), more);
    more();
  });
  await expect(jwtVerify(token, signingKeys(url, { timeoutMs }))).rejects.toThrow('more than');
});

test('a key that Authentik has dropped is refused once a token of ten minutes later has caused a fetch', async () => {
  const pass = movableClock();
  const [dropped, next] = [await newKey('dropped'), await newKey('next')];
  const published = [dropped.jwk];
  const keys = signingKeys((await serveKeys(published)).url, { timeoutMs });
  await jwtVerify(dropped.token, keys);
  published.splice(0, 1, next.jwk);
  pass(10);
  const result = () =>
    jwtVerify(dropped.token, keys).then(
      () => 'accepted',
      ({ message }: Error) => message,
    );
  await expect.poll(result, { timeout: timeoutMs }).toMatch('no applicable key');
});

test('while it cannot be fetched the last key set serves for an hour, and is fetched in the background', async () => {
  const pass = movableClock();
  const { jwk, token } = await newKey('one');
  const outage = { on: false };
  const { url, fetches } = await serveKeys([jwk], outage);
  const keys = signingKeys(url, { timeoutMs });
  await jwtVerify(token, keys);
  outage.on = true;
  pass(59);
  for (let call = 0; call < 20; call += 1) await jwtVerify(token, keys);
  await expect.poll(fetches).toBe(2);
  await expect.poll(() => warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(url));
  pass(1);
  await expect(jwtVerify(token, keys)).rejects.toThrow(KeysUnavailable);
  outage.on = false;
  await jwtVerify(token, keys);
});

test(
  'a token that needs no fetch does not wait for one',
  async () => {
    const pass = movableClock();
    const { jwk, token } = await newKey('one');
    let requests = 0;
    const url = await serve((_, response) => {
      requests += 1;
      if (requests === 1) response.end(JSON.stringify({ keys: [jwk] }));
    });
    const keys = signingKeys(url, { timeoutMs });
    await jwtVerify(token, keys);
    pass(10);
    await jwtVerify(token, keys);
    await expect.poll(() => requests, { message: 'fetches in the background' }).toBe(2);
  },
  timeoutMs,
);

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
