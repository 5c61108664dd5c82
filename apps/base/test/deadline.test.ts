import { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { timeouts } from '../server/settings/session-times.ts';

vi.stubGlobal('defineNitroPlugin', (plugin: unknown) => plugin);
const { default: plugin } = await import('../server/plugins/deadline.ts');
let onRequest = (_event: object): void => {};
plugin({ hooks: { hook: (_name: string, hook: typeof onRequest) => (onRequest = hook) } } as never);

/** The deadline of a request, in milliseconds from now, and its headers afterwards. */
const requestWith = (headers: Record<string, string>, socket: object) => {
  const event = { node: { req: { headers, socket } }, context: { deadline: 0 } };
  onRequest(event);
  return { left: event.context.deadline - performance.now(), headers };
};

test('a request of a client has its own time, whatever it says', () => {
  const { left } = requestWith({ 'x-deadline': '1e12' }, new Socket());
  expect(Math.round(left / 100) * 100).toBe(timeouts.request);
});

test('a request of the server for a page has what is left of the time of that page', () => {
  const { headers } = requestWith({}, new Socket());
  const own = requestWith({ ...headers, 'x-deadline': String(Number(headers['x-deadline']) - 5000) }, {});
  expect(Math.round(own.left / 100) * 100).toBe(timeouts.request - 5000);
});
