import { Redis } from 'ioredis';
import { redisPod, redisService } from '../models/pods.ts';
import { until } from '../../fleet/until.ts';
import { HarnessError } from '../../fleet/errors.ts';
import type { End, World } from './world.ts';

/**
 * Starts a second Redis, which follows the first with `replicates`.
 * @returns the failover: the Service leads to the second one; open connections stay with the old one, which answers reads
 * and refuses writes. Without `replicates` the second one has no data, and the old one ends its connections. That returns
 * the end: the old one is the primary again, with the data of the second one.
 */
export async function failover(
  { fleet }: Pick<World, 'fleet'>,
  { replicates }: { replicates: boolean },
): Promise<() => Promise<End>> {
  const old = await redisPod(fleet);
  await fleet.setNetworkFault!(redisService, { newConnectionsTo: old });
  await fleet.scale(redisService, 2);
  const second = (await fleet.pods(redisService)).find(({ name }) => name !== old)!.name;
  /** A connection to one pod, whatever becomes of the Service. */
  const connectionTo = async (pod: string): Promise<{ redis: Redis; host: string; port: number }> => {
    await fleet.setNetworkFault!(redisService, { newConnectionsTo: pod });
    const address = await fleet.reach(redisService, 6379);
    const redis = new Redis({ ...address, retryStrategy: () => null, maxRetriesPerRequest: 0 });
    redis.on('error', () => {});
    const [, port] = (await redis.config('GET', 'port')) as [string, string];
    return { redis, host: address.host, port: Number(port) };
  };
  const [from, to] = [await connectionTo(old), await connectionTo(second)];
  const follow = async (replica: typeof from, primary: typeof from): Promise<void> => {
    await replica.redis.replicaof(primary.host, primary.port);
    await until(async () => /master_link_status:up/.test(await replica.redis.info('replication')), {
      timeoutMs: 20_000,
      intervalMs: 20,
      failure: () => new HarnessError(`The Redis at port ${replica.port} does not follow that at ${primary.port}.`),
    });
  };
  if (replicates) await follow(to, from);
  await fleet.setNetworkFault!(redisService, { newConnectionsTo: old });
  // A pod that lost its connection shortly before may have got one to the second Redis meanwhile.
  await to.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  /** Promotes the replica when it has every write of the primary, whose clients' writes are paused until then. */
  const promote = async (replica: typeof from, primary: typeof from): Promise<void> => {
    await primary.redis.call('CLIENT', 'PAUSE', 5000, 'WRITE');
    const offsetOf = async ({ redis }: typeof from) =>
      /^master_repl_offset:(\d+)/m.exec(await redis.info('replication'))?.[1];
    await until(async () => (await offsetOf(replica)) === (await offsetOf(primary)), {
      timeoutMs: 4000,
      intervalMs: 5,
      failure: () => new HarnessError(`The Redis at port ${replica.port} lacks writes of that at ${primary.port}.`),
    });
    await replica.redis.replicaof('NO', 'ONE');
  };
  const end = async (): Promise<void> => {
    await follow(from, to);
    await promote(from, to);
    await fleet.setNetworkFault!(redisService, { newConnectionsTo: old });
    // All clients come to the old one, which is the only one from now on.
    await to.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await to.redis.call('CLIENT', 'UNPAUSE');
    for (const { redis } of [from, to]) redis.disconnect();
    await fleet.scale(redisService, 1);
    await fleet.setNetworkFault!(redisService);
  };
  return async () => {
    if (replicates) await promote(to, from);
    await fleet.setNetworkFault!(redisService, { newConnectionsTo: second });
    if (replicates) {
      await from.redis.replicaof(to.host, to.port);
      await from.redis.call('CLIENT', 'UNPAUSE');
    } else await from.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    return end;
  };
}
