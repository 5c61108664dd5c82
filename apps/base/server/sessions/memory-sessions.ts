import { withNames, type SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import { createProcessLock } from './refresh-lock.ts';
import type { RefreshOutcome } from './refresh-session.ts';
import { refreshTimes } from '../settings/session-times.ts';
import { namesOf } from '../settings/session-keys.ts';
import type { EndReason } from '../../../environment/session-reasons.ts';
import type { SessionStore } from './session-store.ts';

/** Sessions in this process's memory. For development, where there is only one process. */
export const createMemorySessions = (): SessionStore => {
  const storage = () => useStorage('oidc');
  const lock = createProcessLock<RefreshOutcome>(refreshTimes);
  const ended = new Map<string, EndReason>();
  const used = new Set<string>();
  const remove = async (id: string, reason?: EndReason): Promise<boolean> => {
    const isThere = await storage().hasItem(id);
    await storage().removeItem(id);
    if (isThere && reason) ended.set(id, reason);
    return isThere;
  };
  return {
    lock,
    available: async () => true,
    read: (id) => storage().getItem<SessionEntry>(id),
    replace: async (id, entry, read) => {
      const stored = await storage().getItem<SessionEntry>(id);
      if (stored?.accessToken.encryptedToken !== read.accessToken.encryptedToken) return false;
      await storage().setItem(id, entry);
      return true;
    },
    remove,
    endReason: async (id) => ended.get(id),
    end: async (claims) => {
      const wanted = namesOf(claims);
      const ids = await storage().getKeys();
      const named = await Promise.all(
        ids.map(async (id) => {
          const entry = await storage().getItem<SessionEntry>(id);
          const names = entry ? (await withNames(entry)).names : [];
          return wanted.every((name) => names.includes(name)) ? [id] : [];
        }),
      );
      await Promise.all(named.flat().map((id) => remove(id, 'back-channel')));
      return named.flat();
    },
    endedSince: async () => false,
    time: async () => Date.now(),
    usedLogoutTokens: {
      has: async (jti) => used.has(jti),
      add: async (jti, seconds) => {
        if (used.has(jti)) return false;
        used.add(jti);
        setTimeout(() => used.delete(jti), seconds * 1000).unref();
        return true;
      },
    },
    close: async () => {},
  };
};
