import { randomInt } from 'node:crypto';
import type { SessionStore, StoredKey } from '../../e2e/fixtures/session-store.ts';

/** Entries for each round trip to Redis. */
const batch = 1_000;

/** Fills the store with copies of a real entry, each of another person. @returns a function that adds so many copies. */
export async function copiesOf(store: SessionStore, stored: StoredKey): Promise<(count: number) => Promise<void>> {
  const value = (await store.value(stored)) ?? '{}';
  const { names = [] } = JSON.parse(value) as { names?: string[] };
  const [app = ''] = stored.key.split(':');
  const redis = store.db(stored.db);
  return async (count) => {
    for (let left = count; left > 0; left -= batch) {
      const pipeline = redis.pipeline();
      for (let index = 0; index < Math.min(left, batch); index += 1) {
        const copy = ofSameShape(stored.key);
        pipeline.set(copy, value, 'EX', stored.ttl);
        for (const name of names) {
          const key = ofSameShape(`${app}:${name}`);
          pipeline.zadd(key, stored.ttl, copy).expire(key, stored.ttl);
        }
      }
      await pipeline.exec();
    }
  };
}

/** The key with another random id: each hexadecimal digit behind the last colon is another one. */
export function ofSameShape(key: string): string {
  const start = key.lastIndexOf(':') + 1;
  const id = key.slice(start).replaceAll(/[\da-f]/gi, () => randomInt(16).toString(16));
  return key.slice(0, start) + id;
}
