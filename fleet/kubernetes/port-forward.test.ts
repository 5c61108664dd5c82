import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { kubeconfigFor, listening } from '../testing.ts';
import { KubernetesApi } from './api.ts';
import { PortForwarder } from './port-forward.ts';

/**
 * Replaces the API: the existing pods, and a kubelet that sends each message back with the pod's name in front of it.
 */
let pods: Array<{ name: string; ready: boolean }>;
let forwards: string[];
let refuses: boolean;
let lists: EventEmitter;
let kubelet: WebSocketServer;
let forwarder: PortForwarder;

beforeEach(async () => {
  pods = [{ name: 'a', ready: true }];
  forwards = [];
  refuses = false;
  lists = new EventEmitter();
  const api = createServer((request, response) => {
    const isService = request.url?.includes('/services/');
    if (!isService) lists.emit('list');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(isService ? service() : { kind: 'PodList', apiVersion: 'v1', items: pods.map(podOf) }));
  });
  kubelet = new WebSocketServer({ server: api, handleProtocols: (offered) => [...offered][0] ?? false });
  kubelet.on('connection', (socket, request) => {
    const pod = /pods\/([^/]+)\/portforward\?ports=(\d+)/.exec(request.url ?? '');
    forwards.push(`${pod?.[1]}:${pod?.[2]}`);
    for (const channel of [0, 1]) socket.send(Buffer.of(channel, 0x1f, 0x90));
    if (refuses) socket.send(Buffer.concat([Buffer.of(1), Buffer.from('connection refused')]));
    socket.on('message', (message: Buffer) =>
      socket.send(Buffer.concat([Buffer.of(0), Buffer.from(`${pod?.[1]}:`), message.subarray(1)])),
    );
  });
  forwarder = new PortForwarder(new KubernetesApi(kubeconfigFor(await listening(api)), 'tester'), 'dezky-run-1');
});
afterEach(() => forwarder[Symbol.asyncDispose]());

const service = () => ({
  kind: 'Service',
  apiVersion: 'v1',
  metadata: { name: 'edge' },
  spec: {
    selector: { 'app.kubernetes.io/name': 'edge' },
    ports: [{ port: 80, targetPort: 'http' }],
  },
});
const podOf = ({ name, ready }: { name: string; ready: boolean }) => ({
  metadata: { name },
  spec: { containers: [{ name, ports: [{ name: 'http', containerPort: 8080 }] }] },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

async function open(): Promise<Socket> {
  const { host, port } = await forwarder.listen('edge', 80);
  return connect(port, host);
}

/** Resolves when the connection has ended for any reason. */
async function ended(socket: Socket): Promise<void> {
  socket.on('error', () => {});
  await new Promise((resolve) => socket.resume().once('close', resolve));
}

async function reply(socket: Socket, word: string): Promise<string> {
  socket.write(word);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

test('carries bytes both ways to the named port of a Ready pod', async () => {
  pods = [
    { name: 'not-ready', ready: false },
    { name: 'a', ready: true },
  ];
  const socket = await open();
  expect(await reply(socket, 'hello')).toBe('a:hello');
  expect(await reply(socket, 'again')).toBe('a:again');
  expect(forwards).toEqual(['a:8080']);
  socket.destroy();
});

test('each connection is a forward of its own, to the pods in turn', async () => {
  pods = [
    { name: 'a', ready: true },
    { name: 'b', ready: true },
  ];
  const { host, port } = await forwarder.listen('edge', 80);
  for (let index = 0; index < 4; index += 1) {
    const socket = connect(port, host);
    await reply(socket, 'x');
    socket.destroy();
  }
  expect(forwards.toSorted()).toEqual(['a:8080', 'a:8080', 'b:8080', 'b:8080']);
});

test('a connection waits until a pod is Ready', async () => {
  pods = [];
  const socket = await open();
  const answer = reply(socket, 'early');
  await once(lists, 'list');
  pods = [{ name: 'late', ready: true }];
  expect(await answer).toBe('late:early');
  socket.destroy();
});

test('a pod that refuses breaks the connection', async () => {
  refuses = true;
  const socket = await open();
  await ended(socket);
  expect(forwards).toEqual(['a:8080']);
});

test('the pod’s end of a connection ends the client’s', async () => {
  const socket = await open();
  await reply(socket, 'x');
  for (const client of kubelet.clients) client.terminate();
  await ended(socket);
  expect(forwards).toEqual(['a:8080']);
});
