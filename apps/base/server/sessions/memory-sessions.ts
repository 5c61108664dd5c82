import { withNames, type SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import { createProcessLock } from './refresh-lock.ts';
import type { RefreshOutcome } from './refresh-session.ts';
import { refreshTimes } from '../settings/session-times.ts';
import { namesOf } from '../settings/session-keys.ts';
import type { EndReason } from '../../../environment/session-reasons.ts';
import type { SessionStore } from './session-store.ts';

/** Sessions in this process's memory. For development, where there is only one process. */
export const createMemorySessions = (): SessionStore => {
  const storage = () => useStorage<SessionEntry>('oidc');
  const lock = createProcessLock<RefreshOutcome>(refreshTimes);
  const ended = new Map<string, EndReason>();
  const used = new Set<string>();
  const remove = async (id: string, reason?: EndReason): Promise<{ entry: SessionEntry } | undefined> => {
    const entry = await storage().getItem(id);
    await storage().removeItem(id);
    if (!entry) return undefined;
    if (reason) ended.set(id, reason);
    return { entry };
  };
  return {
    lock,
    available: async () => true,
    read: (id) => storage().getItem(id),
    replace: async (id, entry, read) => {
      const stored = await storage().getItem(id);
      if (stored?.accessToken.encryptedToken !== read.accessToken.encryptedToken) return false;
      await storage().setItem(id, entry);
      return true;
    },
    remove,
    endReason: async (id) => ended.get(id),
    end: async (claims) => {
      const wanted = namesOf(claims);
      const found: string[] = [];
      for (const id of await storage().getKeys()) {
        const entry = await storage().getItem(id);
        const names = entry ? (await withNames(entry)).names : [];
        if (wanted.every((name) => names.includes(name))) found.push(id);
      }
      for (const id of found) await remove(id, 'back-channel');
      return found;
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
