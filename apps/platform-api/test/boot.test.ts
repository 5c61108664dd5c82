import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { createEvent, type H3Event } from 'h3';
import { beforeEach, expect, test, vi } from 'vitest';

vi.mock('nitropack/runtime', () => ({ defineNitroPlugin: (plugin: unknown) => plugin }));
const exitWithoutPort = vi.fn();
vi.mock('../../environment/exit-without-port.ts', () => ({ exitWithoutPort }));
const { default: plugin } = await import('../server/plugins/boot.ts');

let onRequest = (_event: H3Event): void => {};
beforeEach(() => {
  vi.spyOn(console, 'log').mockReturnValue();
  plugin({ hooks: { hook: (_name: string, run: typeof onRequest) => (onRequest = run) } } as never);
});

test('platform-api exits without its port', () => {
  expect(exitWithoutPort).toHaveBeenCalledOnce();
});

test('Nitro looks up no file for the encodings that a request accepts', () => {
  const request = new IncomingMessage(new Socket());
  request.headers = { 'accept-encoding': 'gzip, br', accept: 'application/json' };
  onRequest(createEvent(request, new ServerResponse(request)));
  expect(request.headers).toEqual({ accept: 'application/json' });
});
