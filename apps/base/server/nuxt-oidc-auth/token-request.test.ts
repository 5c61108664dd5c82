import { beforeEach, expect, test, vi } from 'vitest';
import { guardedFetch } from './token-request.ts';

const url = 'https://auth.test/application/o/token/';
const fetched = vi.fn<typeof fetch>();
const guarded = guardedFetch(url, fetched);

beforeEach(() => void fetched.mockReset());

test('tokens are handed on, with their status and headers', async () => {
  fetched.mockResolvedValue(Response.json({ access_token: 'a' }));
  const response = await guarded(url, { method: 'POST' });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(await response.json()).toEqual({ access_token: 'a' });
  expect(fetched).toHaveBeenCalledExactlyOnceWith(url, {
    method: 'POST',
    redirect: 'manual',
    signal: expect.any(AbortSignal),
  });
});

test.each([
  [400, JSON.stringify({ error: 'invalid_grant', error_description: 'a\nline of the log' }), 400, 'invalid_grant'],
  [503, '<h1>authentik starting</h1>', 503, ''],
  [400, JSON.stringify({ error: 'a\nline of the log' }), 400, ''],
  [307, '', 502, ''],
])('of an error %i the code alone is left', async (given, body, status, error) => {
  fetched.mockResolvedValue(new Response(body, { status: given }));
  const response = await guarded(url, { method: 'POST' });
  expect([response.status, await response.json()]).toEqual([status, { error }]);
});

test('a response without end is not read', async () => {
  const endless = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) });
  fetched.mockResolvedValue(new Response(endless));
  await expect(guarded(url, {})).rejects.toThrow('more than');
});

test.each([
  ['another address', 'https://auth.test/application/o/revoke/', {}],
  ["the app's own request", url, { redirect: 'manual' as const }],
])('%s is left as it is', async (_what, address, init) => {
  await guarded(address, init);
  expect(fetched).toHaveBeenCalledExactlyOnceWith(address, init);
});
