import type { APIRequestContext, APIResponse } from '@playwright/test';
import type { AppName } from '../../apps/environment/apps.ts';
import type { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import type { Person } from '../../fixtures/person.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import type { HttpSession } from '../claims/sign-in-by-http.ts';
import type { SessionKeys, StoredKey } from '../models/session-store.ts';

/** A fleet with users who are signed in by HTTP, which moments and faults act on. */
export interface World {
  fleet: Fleet;
  /** The app whose users are there. */
  appName: AppName;
  otherApp: AppName;
  authentik: AuthentikControl;
  sessionStore: SessionKeys;
  /** The sessions of all moments, in Redis. */
  sessions: StoredKey[];
  newPerson: () => Promise<Person>;
  newHttpSession: (app: AppName, person?: Person) => Promise<HttpSession>;
  /** A browser without cookies. */
  newRequests: () => Promise<APIRequestContext>;
}

/** A signed-in user, with the cookie that the session began with. */
export interface Visitor {
  visitor: HttpSession;
  cookie: string;
}

/** What a moment has prepared before the fault. */
export interface Prepared {
  /** The person whose data alone the responses may have. */
  person: Person;
  /** The page that the user opens, or is to come back to, in this browser. */
  page?: { path: string; browser: APIRequestContext };
  /** Sends the requests of the moment while the fault lasts. */
  act: () => Promise<APIResponse[]>;
  /** Whether the request that must be in flight when the fault begins has already completed. */
  isComplete?: () => boolean;
  /** The sessions that the moment has from its start. */
  visitors: readonly Visitor[];
  /** What is done when the fault is over, before the session is looked at, within so many milliseconds. */
  afterwards?: (timeoutMs: number) => Promise<unknown>;
}

/** Ends a fault. It need not wait until the fleet works. */
export type End = () => Promise<unknown>;
