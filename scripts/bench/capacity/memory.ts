import type { SessionStore, StoredKey } from '../../../e2e/fixtures/session-store.ts';
import { copiesOf } from '../copied-sessions.ts';
import { usedMemory } from '../redis-info.ts';

const copies = 1_000;

/** Bytes of Redis that one session takes. */
export interface SessionMemory {
  /** The entry alone: `MEMORY USAGE`. */
  entryBytes: number;
  /** With the keys of its names, and its share of the tables of keys and of times to live. */
  bytes: number;
}

export async function sessionMemory(store: SessionStore, stored: StoredKey): Promise<SessionMemory> {
  const redis = store.db(stored.db);
  const entryBytes = Number(await redis.memory('USAGE', stored.key));
  const addCopies = await copiesOf(store, stored);
  const before = await usedMemory(redis);
  await addCopies(copies);
  return { entryBytes, bytes: ((await usedMemory(redis)) - before) / copies };
}
