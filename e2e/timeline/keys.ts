import { createHash } from 'node:crypto';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { SessionStore, type StoredKey } from '../fixtures/session-store.ts';
import type { KeySeen } from './timeline.ts';

/** A test that stopped Redis must not wait for it, milliseconds. */
const answerMs = 1_000;

/** The keys of the apps, without what would let a reader find a session. Undefined when Redis does not answer. */
export async function keysIn(fleet: Fleet): Promise<KeySeen[] | undefined> {
  let store: SessionStore | undefined;
  try {
    store = new SessionStore({
      ...(await fleet.reach('dezky-data', 6379)),
      connectTimeout: answerMs,
      commandTimeout: answerMs,
    });
    return (await store.keys()).map(keySeen);
  } catch {
    return undefined; // The test may have ended Redis, or its fleet has none.
  } finally {
    store?.close();
  }
}

/** `operator:oidc:<id>` becomes `operator:oidc:#1f2e3d`. */
export function keySeen({ db, key, ttl }: StoredKey): KeySeen {
  const [, prefix = '', rest = ''] = /^((?:[a-z][a-z-]*:)*)(.*)$/.exec(key) ?? [];
  return { db, name: `${prefix}#${createHash('sha256').update(rest).digest('hex').slice(0, 6)}`, ttl };
}
