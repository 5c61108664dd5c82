import { spawn } from 'node:child_process';
import { once } from 'node:events';
import getPort from 'get-port';
import { Redis } from 'ioredis';

const redisServer = process.env['REDIS_SERVER_PATH'] ?? 'redis-server';

/** Whether there is a redis-server (REDIS_SERVER_PATH, or on PATH) for tests with a real Redis. */
export const redisInstalled = await new Promise<boolean>((resolve) => {
  spawn(redisServer, ['--version'], { stdio: 'ignore' })
    .on('error', () => resolve(false))
    .on('exit', () => resolve(true));
});

/**
 * Runs its arguments until its standard input closes, which also happens when the process that started it is killed.
 */
const whileInputIsOpen = '"$@" & server=$!; read -r _; kill $server; wait $server';

/** A Redis on loopback that writes no file. Its `connect` resolves when it responds. */
export const startRedis = async (given?: number) => {
  const port = given ?? (await getPort({ host: '127.0.0.1' }));
  const files = ['--save', '', '--repl-diskless-sync', 'yes', '--repl-diskless-load', 'swapdb'];
  const command = [redisServer, '--port', String(port), '--bind', '127.0.0.1', ...files];
  const server = spawn('sh', ['-c', whileInputIsOpen, 'sh', ...command], { stdio: ['pipe', 'ignore', 'ignore'] });
  const connections: Redis[] = [];
  const connect = async (): Promise<Redis> => {
    const redis = new Redis(port, '127.0.0.1', { db: 1, retryStrategy: () => 20 }).on('error', () => {});
    connections.push(redis);
    await redis.ping();
    return redis;
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}/1`,
    connect,
    stop: async () => {
      for (const redis of connections) redis.disconnect();
      server.stdin.end();
      await once(server, 'exit');
    },
  };
};
