import type { Redis } from 'ioredis';

/** The fields of INFO by their name. */
export const fieldsOf = (info: string): ReadonlyMap<string, string> =>
  new Map(
    info.split(/\r?\n/).flatMap((line) => {
      const colon = line.indexOf(':');
      return line.startsWith('#') || colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );

/** Bytes that Redis has allocated, without the buffers of its connections: they change with what was sent last. */
export async function usedMemory(redis: Redis): Promise<number> {
  const fields = fieldsOf(await redis.info('memory'));
  return Number(fields.get('used_memory')) - Number(fields.get('mem_clients_normal'));
}
