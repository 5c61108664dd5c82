import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Ports } from './ports.ts';

function claim(): Promise<Ports> {
  const server = createServer();
  onTestFinished(() => void server.close());
  return Ports.claim(server);
}

test('two runs never get the same port', async () => {
  const [one, two] = await Promise.all([claim(), claim()]);
  const taken = new Set<number>([one.first, two.first]);
  for (const ports of [one, two]) for (let count = 0; count < 20; count += 1) taken.add(await ports.take());
  expect(taken.size).toBe(42);
});

test('a port that somebody else holds is passed over, and one given back comes last', async () => {
  const ports = await claim();
  const first = await ports.take();
  const squatter = createServer().listen(first + 1, '127.0.0.1');
  onTestFinished(() => void squatter.close());
  await once(squatter, 'listening');
  expect(await ports.take()).toBe(first + 2);
  ports.release(first);
  expect(await ports.take()).toBe(first + 3);
});
