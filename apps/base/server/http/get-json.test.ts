import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { getJson } from './get-json.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/**
 * How the server treats the first request, the second, and so on. The last entry also applies to all later requests.
 */
async function serving(
  ...answers: Array<(response: ServerResponse) => void>
): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  server = createServer((_, response) => {
    answers[Math.min(asked, answers.length - 1)]?.(response);
    asked += 1;
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}
const well = (response: ServerResponse) => response.end('{"is":"well"}');
const broken = (response: ServerResponse) => response.destroy();
const halved = (response: ServerResponse) => {
  response.writeHead(200, { 'content-length': 100 }).write('{"is":');
  setImmediate(() => response.destroy());
};
const get = async (url: string, signal = AbortSignal.timeout(5000)) =>
  (await getJson(url, { headers: {}, signal: () => signal }, 100)).body;

test.each([
  ['before an answer', broken],
  ['in the midst of one', halved],
])('a connection that breaks %s is no failure', async (_, breaks) => {
  const { url, asked } = await serving(breaks, well);
  expect(await get(url)).toEqual({ is: 'well' });
  expect(asked()).toBe(2);
});

test('two in a row are one', async () => {
  const { url, asked } = await serving(broken);
  await expect(get(url)).rejects.toThrow('fetch failed');
  expect(asked()).toBe(2);
});

test('a deadline that is over is not waited for twice', async () => {
  const { url, asked } = await serving(() => {});
  await expect(get(url, AbortSignal.timeout(100))).rejects.toThrow(/timeout/);
  expect(asked()).toBe(1);
});

test('a connection to another server, which does not send JSON, is not kept', async () => {
  let other: Socket | null | undefined;
  let asked = 0;
  const { url } = await serving((response) => {
    other ??= response.socket;
    if (response.socket !== other) return well(response);
    asked += 1;
    return response.writeHead(404).end();
  });
  for (let call = 0; call < 10; call += 1) await get(url).catch(() => {});
  expect(asked, 'requests of ten that the other server got').toBeLessThanOrEqual(2);
  expect(await get(url)).toEqual({ is: 'well' });
});

test('a response that is not JSON says what it is', async () => {
  const { url, asked } = await serving((response) => response.writeHead(404).end());
  await expect(get(url)).rejects.toThrow('status 404 with 0 characters that are not JSON');
  expect(asked()).toBe(2);
});

test('a longer body is not read to its end', async () => {
  const { url } = await serving((response) => response.end(JSON.stringify('x'.repeat(200))));
  await expect(get(url)).rejects.toThrow('the response has more than 100 bytes');
});
