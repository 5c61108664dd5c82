import { expect, test, vi } from 'vitest';
import { bodyLimit, isTooLarge, formBody } from './body.ts';
import type { H3Error, H3Event } from 'h3';

test.each([
  [{}, false],
  [{ 'content-length': '0' }, false],
  [{ 'content-length': `${bodyLimit}` }, false],
  [{ 'content-length': `${bodyLimit + 1}` }, true],
  [{ 'transfer-encoding': 'chunked' }, true],
  [{ 'transfer-encoding': 'gzip, chunked', 'content-length': '1' }, true],
])('%j', (headers, tooLarge) => {
  expect(isTooLarge(headers)).toBe(tooLarge);
});

const h3 = vi.hoisted(() => ({ readRawBody: vi.fn(), setResponseHeader: vi.fn() }));
vi.mock('h3', async (original) => ({ ...(await original<object>()), ...h3 }));
// The timeout for the body expires immediately.
vi.mock('node:timers/promises', () => ({ setTimeout: async (_milliseconds: number, value: unknown) => value }));

const event = { node: { req: { headers: {} } } } as H3Event;

test('a body that does not come is a 408, which ends the connection', async () => {
  h3.readRawBody.mockReturnValue(new Promise(() => {}));
  await expect(formBody(event)).rejects.toMatchObject({ statusCode: 408 });
  expect(h3.setResponseHeader).toHaveBeenCalledWith(event, 'connection', 'close');
});

test('one that comes is read', async () => {
  h3.readRawBody.mockResolvedValue('logout_token=a&logout_token=b');
  expect((await formBody(event)).getAll('logout_token')).toEqual(['a', 'b']);
});

test('one that is cut off is a 400 and no error of the server, which would print it', async () => {
  h3.readRawBody.mockRejectedValue(new Error('aborted'));
  const failed = await formBody(event).catch((error: unknown) => error);
  expect(failed).toMatchObject({ statusCode: 400 });
  expect((failed as H3Error).unhandled).not.toBe(true);
});
