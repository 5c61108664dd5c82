/** How a session ended: the reasons that the store remembers for as long as its cookie lives. */
export const endReasons = [
  /** Of a refresh: this pod cannot decrypt the refresh token. */
  'unreadable',
  /** The tokens are another user's than the cookie or the tokens before: somebody wrote to the store. */
  'mismatched',
  /** Authentik refused the refresh token. */
  'refused',
  /** A refresh showed that the session at Authentik has ended. */
  'ended-at-authentik',
  /** The session was not used for longer than the app allows. */
  'idle',
  /** The user signed in longer ago than the app allows. */
  'too-old',
  /** The user signed out in this app. */
  'signed-out',
  /** Authentik ended the session with a logout token. */
  'back-channel',
  /** The user signed in again in the same browser. */
  'replaced',
] as const;

export type EndReason = (typeof endReasons)[number];

/**
 * Why a request has no session, or how a session ended. The value of the response header `x-session-reason`, of
 * `reason` in log lines, and of a label of the metrics. docs/sessions.md explains each.
 */
export const sessionReasons = [
  'none',
  /** This pod cannot open the session cookie. */
  'unsealed',
  /** The store has no entry for the session, and no record of how it ended. */
  'missing',
  'store-unavailable',
  /** The access token has expired, and Authentik neither issues another one nor says that the session is over. */
  'not-renewed',
  // 'unreadable' and 'mismatched' also of an entry that stays.
  ...endReasons,
] as const;

export type SessionReason = (typeof sessionReasons)[number];
