import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { retryOnce } from './retry-once.ts';

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
const get = (url: string, signal?: AbortSignal) => () =>
  fetch(url, signal ? { signal } : {}).then((response) => response.json() as Promise<unknown>);

test.each([
  ['before an answer', broken],
  ['in the midst of one', halved],
])('a connection that breaks %s is no failure', async (_, breaks) => {
  const { url, asked } = await serving(breaks, well);
  expect(await retryOnce(get(url))).toEqual({ is: 'well' });
  expect(asked()).toBe(2);
});

test('two in a row are one', async () => {
  const { url, asked } = await serving(broken);
  await expect(retryOnce(get(url))).rejects.toThrow('fetch failed');
  expect(asked()).toBe(2);
});

test('a deadline that is over is not waited for twice', async () => {
  const { url, asked } = await serving(() => {});
  await expect(retryOnce(get(url, AbortSignal.timeout(100)))).rejects.toThrow(/timeout/);
  expect(asked()).toBe(1);
});

test('an answer that is no JSON is an answer', async () => {
  const { url, asked } = await serving((response) => response.end('<html>'));
  await expect(retryOnce(get(url))).rejects.toThrow(SyntaxError);
  expect(asked()).toBe(1);
});
