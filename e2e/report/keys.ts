import { createHash } from 'node:crypto';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { SessionStore, type StoredKey } from '../fixtures/session-store.ts';
import type { KeySeen } from './timeline.ts';

/** Timeout in milliseconds, because a test may have stopped Redis. */
const answerMs = 1_000;

/** The keys of the apps, without session ids. Undefined when Redis does not respond. */
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
