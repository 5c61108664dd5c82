/** Lifetime of a session, in seconds: in Redis since its last write, and of its cookie in the browser. 14 days. */
export const sessionTtlSeconds = 1_209_600;

/** Whether more than half of a session cookie's lifetime has passed. Both times are milliseconds since the epoch. */
export const isHalfOver = (createdAt: number, now: number): boolean => now - createdAt > (sessionTtlSeconds * 1000) / 2;

// In what follows `iat`, `exp`, `auth_time` and `now` are seconds since the epoch, and limits are seconds.

/**
 * Whether a session was idle for longer than its limit. Tokens are renewed while the session is used, so `iat` is the
 * time of last use, accurate to one access token lifetime.
 */
export const isIdle = ({ iat }: { iat: number }, limit: number, now: number): boolean => now - iat > limit;

/** Whether a user signed in longer ago than the limit, or at an unknown time. */
export const isTooOld = ({ auth_time: signedIn }: { auth_time?: number }, limit: number, now: number): boolean =>
  signedIn === undefined || now - signedIn > limit;

/** Seconds before expiry at which a token is renewed, so that it does not expire on the way to platform-api. */
const margin = 30;

/**
 * Whether an access token must be renewed now. A token with a lifetime below two minutes is renewed in its last quarter;
 * otherwise it would be due from the start.
 */
export const isRefreshDue = ({ exp, iat }: { exp: number; iat: number }, now: number): boolean =>
  exp - Math.min(margin, Math.max(0, exp - iat) / 4) <= now;

/** Seconds after a renewal in which another new token would be refused as well. */
const tooSoon = 60;

/** Whether an access token that platform-api refuses may be renewed now. */
export const mayRenewAgain = ({ iat, renewed }: { iat: number; renewed?: true }, now: number): boolean =>
  !renewed || now - iat >= tooSoon;

/** How long each part of a refresh may take, in milliseconds. docs/decisions/0012 explains the values. */
export const refreshTimes = {
  /**
   * How long a request waits for new tokens, in whichever pod they are requested. Then it continues with its current
   * token, or responds with 503.
   */
  wait: 4000,
  /** The same while the current token is still valid for longer. */
  waitWhileValid: 2000,
  /**
   * Timeout for Authentik's token endpoint. Authentik rotates the token even when the client has given up, so giving up
   * early loses the new tokens. Longer than a restart or a busy database delays a response, and than the minute after
   * which a proxy in front of it gives up.
   */
  answer: 90_000,
  /** After a failed refresh a pod starts none of the same session for this time. */
  pause: { least: 2000, most: 10_000 },
  /**
   * The lock of a crashed pod expires after this time. Shorter than the 30 s before expiry at which a token is renewed.
   */
  hold: 20_000,
  /** Interval between renewals of the lock. A pod that is paused for 15 s does not lose it. */
  renewal: 5000,
  /** Interval between checks of a lock that another pod holds. */
  poll: 25,
  /** Attempts to run a task alone: longer than `answer`. */
  alone: { attempts: 120, interval: 1000 },
  /** Pause between attempts to store new tokens, and their number: an hour. */
  store: { interval: 500, attempts: 7200 },
  /** Pauses between reads of the store after `invalid_grant`. Together longer than the pause above. */
  look: 600,
};

/** How long others may take, in milliseconds. */
export const timeouts = {
  /** A request, before its last part. The ingress and the shutdown of a pod rely on it. */
  request: 8500,
  /** What the last part of a request has at least, for example after a pause of the whole pod. */
  lastPart: 1000,
  /** Redis, for a command or a connection. A request uses it at most twice, and must fail within 2 s. */
  redis: 800,
  /** Authentik, for all requests of a sign-in, for a revocation, and for its key set. */
  authentik: 4000,
  /** platform-api. Longer than it waits for the services behind it (UPSTREAM_TIMEOUT_MS). */
  platform: 6000,
} as const;

/** Seconds that nuxt-oidc-auth allows for a sign-in (oidc.js, `useAuthSession`). */
export const signInSeconds = 300;
