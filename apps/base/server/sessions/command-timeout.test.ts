import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timeOutCommands } from './command-timeout.ts';
import { redisInstalled, startRedis } from '../../test/redis.ts';

const milliseconds = 50;
/** Long enough for Redis and this process to get the CPU on a busy machine. */
const muchLonger = 20 * milliseconds;

describe.skipIf(!redisInstalled)('on a real Redis (needs redis-server or REDIS_SERVER_PATH)', () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  let redis: Redis;

  beforeAll(async () => {
    server = await startRedis();
    redis = await server.connect();
    timeOutCommands(redis, milliseconds);
  });

  afterAll(async () => await server.stop());

  /** Uses the CPU for longer than a command may take, as a busy event loop or a throttled container does. */
  function stall(): void {
    const end = performance.now() + muchLonger;
    while (performance.now() < end);
  }

  test('a response that arrived while the process was busy counts', async () => {
    const response = redis.ping();
    stall();
    expect(await response).toBe('PONG');
  });

  test('a Redis that does not respond fails the command, and the next one works', async () => {
    const pause = await server.connect();
    await pause.client('PAUSE', muchLonger);
    const late = `no response within ${milliseconds} ms`;
    await expect(redis.get('key')).rejects.toThrow(late);
    await expect(redis.multi().get('key').exec()).rejects.toThrow(late);
    await expect.poll(() => redis.get('key').catch(() => late), { timeout: 10_000 }).toBeNull();
    pause.disconnect();
  });
});

test('a command that waits for a connection fails in time', async () => {
  const server = createServer((socket) => socket.pause());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const redis = new Redis({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  timeOutCommands(redis, milliseconds);
  await expect(redis.ping()).rejects.toThrow(`no response within ${milliseconds} ms`);
  redis.disconnect();
  server.close();
});
