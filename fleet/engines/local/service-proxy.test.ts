import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { Endpoint } from '../../edge/row.ts';
import { listening } from '../../testing.ts';
import { startServiceProxy, withLocalServices, type ServiceProxy } from './service-proxy.ts';

async function server(serve: (socket: Socket) => void): Promise<Endpoint> {
  const listener = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  const port = await listening(listener);
  return { pod: `pod-${port}`, host: '127.0.0.1', port };
}

async function proxyTo(endpoints: Endpoint[], affinity?: 'ClientIP'): Promise<ServiceProxy> {
  const proxy = await startServiceProxy(0, () => endpoints, affinity);
  onTestFinished(() => proxy.close());
  return proxy;
}

function dial(proxy: ServiceProxy): Socket {
  const socket = connect({ port: proxy.port, allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
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
  const refusing = { pod: 'gone', host: '127.0.0.1', port: await listening(createServer(), (end) => end()) };
  for (const endpoints of [[breaking], [refusing], []]) {
    const socket = dial(await proxyTo(endpoints));
    socket.write('hello');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(['ECONNRESET', 'EPIPE']).toContain(error.code);
  }
});

const services: Record<string, number> = { 'dezky-data:6379': 1, 'platform-api:80': 2 };
const local = (value: string): string =>
  withLocalServices(value, 'dezky', (service, port) => {
    const found = services[`${service}:${port}`];
    return found === undefined ? undefined : { port: found };
  });

test.each([
  ['redis://dezky-data:6379/1', 'redis://127.0.0.1:1/1'],
  ['redis://user:p%40ss@dezky-data/1', 'redis://user:p%40ss@127.0.0.1:1/1'],
  ['http://platform-api', 'http://127.0.0.1:2'],
  ['http://platform-api/v1?x=1', 'http://127.0.0.1:2/v1?x=1'],
  ['http://platform-api.dezky.svc.cluster.local/v1', 'http://127.0.0.1:2/v1'],
  ['http://platform-api.dezky', 'http://127.0.0.1:2'],
])('%s is %s on this machine', (value, expected) => expect(local(value)).toBe(expected));

test.each([
  'redis://dezky-date:6379/1',
  'http://platform-api:8080',
  'https://platform-api',
  'https://auth.dezky.example/application/o/operator/',
  'platform-api',
  '{"url":"http://platform-api"}',
  '15000',
])('%s stays', (value) => expect(local(value)).toBe(value));

test('a network fault affects the connections that are open, and new ones work', async () => {
  const echo = await server((socket) => socket.pipe(socket));
  const proxy = await proxyTo([echo]);
  const ended = (socket: Socket) => new Promise<string>((resolve) => socket.once('close', () => resolve('closed')));
  const answer = (socket: Socket) => new Promise<Buffer>((resolve) => socket.once('data', resolve));
  const ask = async (socket: Socket, ...others: Array<Promise<string>>): Promise<string> => {
    socket.on('error', () => {});
    socket.write('ping');
    return (await Promise.race([answer(socket), ended(socket), ...others])).toString();
  };
  const askInVain = (socket: Socket) => ask(socket, delay(200, 'nothing'));
  const open = dial(proxy);
  expect(await ask(open)).toBe('ping');
  proxy.setNetworkFault({ openConnections: 'silent' });
  expect([await askInVain(open), await ask(dial(proxy))]).toEqual(['nothing', 'ping']);
  const reset = ended(open);
  proxy.setNetworkFault({ openConnections: 'cut' });
  await reset;

  const cut = dial(proxy);
  expect(await ask(cut)).toBe('ping');
  proxy.setNetworkFault({ openConnections: 'cut' });
  expect([await ask(cut), await ask(cut)]).toEqual(['p', 'closed']);

  proxy.setNetworkFault({ delayMs: 300 });
  const late = dial(proxy);
  expect(await askInVain(late)).toBe('nothing');
  expect((await answer(late)).toString()).toBe('ping');
});

test('with newConnectionsTo new connections lead to one pod, and open ones stay', async () => {
  const endpoints = [
    await server((socket) => void socket.write('a')),
    await server((socket) => void socket.write('b')),
  ];
  const proxy = await proxyTo(endpoints);
  proxy.setNetworkFault({ newConnectionsTo: endpoints[1]!.pod });
  const greetings = await Promise.all([1, 2].map(async () => (await once(dial(proxy), 'data')).toString()));
  expect(greetings).toEqual(['b', 'b']);
});
