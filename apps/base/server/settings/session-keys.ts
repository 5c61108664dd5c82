import { createHash } from 'node:crypto';

/** The claims that identify sessions in a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.4). */
export interface SessionClaims {
  /** The session at Authentik that the user signed in with. One browser's sign-ins to several apps share it. */
  sid?: string | undefined;
  sub?: string | undefined;
}

/**
 * The index keys of a session: `sid:<hash>` and `sub:<hash>`. Hashed, because `sub` may be an e-mail address, and Redis
 * keys appear in monitoring.
 */
export const namesOf = ({ sid, sub }: SessionClaims): string[] =>
  Object.entries({ sid, sub }).flatMap(([claim, value]) => (value ? [`${claim}:${hashOf(value)}`] : []));

/** Whether a name is that of a session at Authentik, and not of a person. */
export const isSid = (name: string): boolean => name.startsWith('sid:');

/** The label of a session in log lines, in `x-session` and in the harness: 12 hex digits. It does not reveal the id. */
export const labelOf = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 12);

export const hashOf = (value: string): string => createHash('sha256').update(value).digest('base64url');

/** The keys of an app in Redis. docs/sessions.md says what each has, and for how long. */
export const redisKeys = (app: string, entries = `${app}:oidc`) => ({
  /** The prefix of all entries, for unstorage. */
  entries,
  entry: (id: string): string => `${entries}:${id}`,
  /** A sorted set of the ids of the sessions with a name of {@link namesOf}. */
  index: (name: string): string => `${app}:${name}`,
  /** Why a session ended. */
  end: (id: string): string => `${app}:end:${id}`,
  /** The prefix of all refresh locks. */
  refresh: `${app}:refresh`,
  /** When Authentik ended the sessions with all of these names. */
  ended: (names: readonly string[]): string => `${app}:ended:${names.join('+')}`,
  usedLogoutToken: (jti: string): string => `${app}:logout-token:${hashOf(jti)}`,
});

export type RedisKeys = ReturnType<typeof redisKeys>;
