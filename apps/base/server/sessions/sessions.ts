import { createMemorySessions } from './memory-sessions.ts';
import type { SessionStore } from './session-store.ts';

/** The sessions of this process. */
export let sessions: SessionStore = createMemorySessions();

/** Switches to another session store. */
export const keepSessionsIn = (place: SessionStore): void => {
  sessions = place;
  if (place.driver) useStorage().mount('oidc', place.driver);
};
