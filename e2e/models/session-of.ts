import type { SessionStore, StoredKey } from '../fixtures/session-store.ts';

/** The one session that signing in leaves in the store. */
export async function sessionOf(store: SessionStore, signIn: () => Promise<unknown>): Promise<StoredKey> {
  const [session] = await store.addedBy(signIn);
  if (!session) throw new Error('Signing in left no session in Redis.');
  return session;
}
