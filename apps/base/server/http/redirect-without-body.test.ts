import type { H3Event } from 'h3';
import { expect, test, vi } from 'vitest';
import { redirectWithoutBody } from './redirect-without-body.ts';

const h3 = vi.hoisted(() => ({ setResponseHeader: vi.fn(), setResponseStatus: vi.fn() }));
vi.mock('h3', () => h3);

test('a redirect has its status and address, and a body that does not repeat the address', () => {
  const event = {} as H3Event;
  const address = 'https://auth.example/?id_token_hint=a';
  expect(redirectWithoutBody(event, address, 303)).toBe('');
  expect(h3.setResponseStatus).toHaveBeenCalledExactlyOnceWith(event, 303);
  expect(h3.setResponseHeader).toHaveBeenCalledExactlyOnceWith(event, 'location', address);
});
