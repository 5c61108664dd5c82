import type { SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import { createProcessLock } from './refresh-lock.ts';
import { refreshTimes } from './refresh-times.ts';
import type { SessionStore } from './session-store.ts';

/** Sessions in this process's memory. For development, where there is only one process. */
export const createMemorySessions = (): SessionStore => {
  const storage = () => useStorage('oidc');
  const lock = createProcessLock(refreshTimes.wait);
  return {
    lock,
    available: async () => true,
    read: (id) => storage().getItem<SessionEntry>(id),
    replace: async (id, entry) => {
      if (!(await storage().hasItem(id))) return false;
      await storage().setItem(id, entry);
      return true;
    },
    remove: (id) => storage().removeItem(id),
    close: () => lock.idle(),
  };
};
