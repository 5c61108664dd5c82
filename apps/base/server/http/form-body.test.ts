import type { H3Event } from 'h3';
import { expect, test, vi } from 'vitest';
import { formBody } from './form-body.ts';

const h3 = vi.hoisted(() => ({ readRawBody: vi.fn(), setResponseHeader: vi.fn() }));
vi.mock('h3', async (original) => ({ ...(await original<object>()), ...h3 }));
// The time for the body is over at once.
vi.mock('node:timers/promises', () => ({ setTimeout: async (_milliseconds: number, value: unknown) => value }));

const event = {} as H3Event;

test('a body that does not come is a 408, which ends the connection', async () => {
  h3.readRawBody.mockReturnValue(new Promise(() => {}));
  await expect(formBody(event)).rejects.toMatchObject({ statusCode: 408 });
  expect(h3.setResponseHeader).toHaveBeenCalledWith(event, 'connection', 'close');
});

test('one that comes is read', async () => {
  h3.readRawBody.mockResolvedValue('logout_token=a&logout_token=b');
  expect((await formBody(event)).getAll('logout_token')).toEqual(['a', 'b']);
});
