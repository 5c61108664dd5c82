import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import type { Endpoint } from '../../edge/row.ts';
import { startServiceProxy, type ServiceProxy } from './service-proxy.ts';

const endings: Array<() => unknown> = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

async function server(serve: (socket: Socket) => void): Promise<Endpoint> {
  const listener: Server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  endings.push(() => listener.close());
  const { port } = listener.address() as AddressInfo;
  return { pod: `pod-${port}`, host: '127.0.0.1', port };
}

async function proxyTo(endpoints: Endpoint[], affinity?: 'ClientIP'): Promise<ServiceProxy> {
  const proxy = await startServiceProxy('127.0.0.1', 0, () => endpoints, affinity);
  endings.push(() => proxy.close());
  return proxy;
}

function dial(proxy: ServiceProxy): Socket {
  const socket = connect({ host: proxy.host, port: proxy.port, allowHalfOpen: true });
  endings.push(() => socket.destroy());
  return socket;
}

test.each([
  ['gives each connection to the next endpoint', undefined, ['a', 'b', 'a']],
  ['with affinity leaves a client with the endpoint that it first had', 'ClientIP', ['a', 'a', 'a']],
] as const)('%s, and sees when they change', async (_what, affinity, answers) => {
  const endpoints = [await server((socket) => socket.end('a')), await server((socket) => socket.end('b'))];
  const proxy = await proxyTo(endpoints, affinity);
  const ask = async (): Promise<string> => {
    const socket = dial(proxy);
    const text = await buffer(socket);
    socket.end();
    return text.toString();
  };
  expect([await ask(), await ask(), await ask()]).toEqual(answers);
  endpoints.shift();
  expect([await ask(), await ask()]).toEqual(['b', 'b']);
});

test('carries everything both ways, also after one side has said its last', async () => {
  const size = 8_000_000;
  const echo = await server((socket) => {
    void buffer(socket).then((received) => socket.end(received));
  });
  const socket = dial(await proxyTo([echo]));
  socket.end(Buffer.alloc(size, 'x'));
  expect((await buffer(socket)).length).toBe(size);
});

test('does not hide an endpoint that breaks off, refuses or is not there', async () => {
  const breaking = await server((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const refusing = await server(() => {});
  await (endings.pop() as () => unknown)();
  for (const endpoints of [[breaking], [refusing], []]) {
    const socket = dial(await proxyTo(endpoints));
    socket.write('hello');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(['ECONNRESET', 'EPIPE']).toContain(error.code);
  }
});
