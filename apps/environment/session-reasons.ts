/** Metadata of a session reason, for the apps that send it and the tools that diagnose it. */
interface Reason {
  /** What it says about the cause. */
  means: string;
  /** What to look at next. */
  next: string;
  /** The status of a refused API call. */
  status: 401 | 503;
  /** Whether the store remembers for as long as the cookie lives that the session ended so. Each pod says it then. */
  remembered: boolean;
  /**
   * Whether a user who was signed in is refused rightly: after a limit, or an end by the user or at Authentik. `wrong`:
   * the app, its settings or its store are at fault. `either`: the reason alone does not show it.
   */
  refusal: 'right' | 'wrong' | 'either';
  /** In what the pods differ when one of them gives this reason and another one serves the session. */
  perPod: string | undefined;
  /** What the sign-in page says (`signInFailures` of apps/base), where a 401 leads; nothing after an end by the user. */
  page: 'ended' | 'idle' | undefined;
  /** The alert that fires when it happens to many users (fleet/monitoring/rules.yaml). */
  alert: string | undefined;
}

/** What the ends by a limit, by the user and at Authentik have in common. */
const rightEnd = { status: 401, remembered: true, refusal: 'right', perPod: undefined, alert: undefined } as const;

/**
 * Why a request has no session, or how a session ended. The value of the response header `x-session-reason`, of
 * `reason` in log lines, and of a label of the metrics (docs/decisions/0036).
 */
export const sessionReasons = {
  none: {
    means: 'The browser sent no session cookie.',
    next: 'Look at the cookies of the browser: it was blocked, cleared or has expired, or the user never signed in.',
    status: 401,
    remembered: false,
    refusal: 'either',
    perPod: undefined,
    page: undefined,
    alert: undefined,
  },

  unsealed: {
    means:
      'The pod cannot open the session cookie: its NUXT_OIDC_SESSION_SECRET is not that of the pod that set it, or the cookie was changed on its way.',
    next: 'Compare the secret of the pods: kubectl rollout status, and whether a pod still has the old one.',
    status: 401,
    remembered: false,
    refusal: 'wrong',
    perPod: 'session secret (NUXT_OIDC_SESSION_SECRET)',
    page: 'ended',
    alert: 'DezkySecretDiffers',
  },

  missing: {
    means: 'The store of the pod has no such session, and does not know that it ended.',
    next: 'Look whether every pod has the same SESSION_REDIS_URL, and in Redis at evicted_keys (INFO) and restarts.',
    status: 401,
    remembered: false,
    refusal: 'wrong',
    perPod:
      'session store: sessions are in the memory of each pod, or a pod has another Redis, database or key prefix (SESSION_REDIS_URL)',
    page: 'ended',
    alert: 'DezkySessionsLost',
  },

  'store-unavailable': {
    means: 'Redis did not answer, or refused a command.',
    next: 'Look at the pod of Redis and at the log of the app: "Session storage".',
    status: 503,
    remembered: false,
    refusal: 'wrong',
    perPod: undefined,
    page: undefined,
    alert: 'DezkySessionStoreUnavailable',
  },

  'not-renewed': {
    means: 'The app got no access token in time that it could use.',
    next: 'Look for "Tokens could not be renewed" in the log of the app: Authentik did not answer, refused the app itself (invalid_client: the client secret) or asked it to wait, or another request was still renewing them.',
    status: 503,
    remembered: false,
    refusal: 'wrong',
    perPod: undefined,
    page: undefined,
    alert: 'DezkyRefreshesFail',
  },

  /** Remembered when a refresh finds it. An entry whose access token cannot be decrypted stays. */
  unreadable: {
    means:
      'The pod cannot decrypt the tokens of the session: its NUXT_OIDC_TOKEN_KEY is not that of the pod that stored them, or the entry was changed.',
    next: 'Compare the key of the pods: kubectl rollout status, and whether a pod still has the old one.',
    status: 401,
    remembered: true,
    refusal: 'wrong',
    perPod: 'token key (NUXT_OIDC_TOKEN_KEY)',
    page: 'ended',
    alert: 'DezkySessionsLost',
  },

  /** Remembered when a refresh finds it. An entry that is not of the user of the cookie stays. */
  mismatched: {
    means: 'The tokens of the session, or those of its refresh, have another subject (sub) than the cookie.',
    next: 'Look whether the subject mode of the provider in Authentik changed. If not, end the sessions of both users, and look who may write to Redis (ACL LOG, MONITOR).',
    status: 401,
    remembered: true,
    refusal: 'either',
    perPod: undefined,
    page: 'ended',
    alert: undefined,
  },

  refused: {
    means: 'The app could not renew the tokens, and took it for a refusal of the user.',
    next: "Look at Authentik's log of events for this user: the refresh token was revoked, used twice, unknown or has expired, or the user is deactivated. Many users at once: Authentik answers with an error, or the app sends a wrong token.",
    status: 401,
    remembered: true,
    refusal: 'either',
    perPod: undefined,
    page: 'ended',
    alert: 'DezkyRefreshesFail',
  },

  'ended-at-authentik': {
    means: "By the id token of the last refresh, which has no sid, the user's session at Authentik has ended.",
    next: "Look at Authentik's log of events for this user. Without such an end, ask why the id token has no sid.",
    status: 401,
    remembered: true,
    refusal: 'either',
    perPod: undefined,
    page: 'ended',
    alert: undefined,
  },

  idle: {
    means: 'The session was not used for longer than the app allows.',
    next: 'Nothing is wrong, unless the user was active: then look at the clocks of the pods.',
    ...rightEnd,
    page: 'idle',
  },

  'too-old': {
    means: 'The user entered the password longer ago than the app allows.',
    next: 'Nothing is wrong, unless it was less: then compare the clocks of Authentik and the pods.',
    ...rightEnd,
    page: 'ended',
  },

  'signed-out': {
    means: 'The user signed out.',
    next: 'Nothing is wrong.',
    ...rightEnd,
    page: undefined,
  },

  'back-channel': {
    means: 'A logout token ended the session.',
    next: "Look at Authentik's log of events for this user: a sign-out elsewhere, an administrator or the end of the session at Authentik. Without one, the token was of another session, app or issuer.",
    ...rightEnd,
    page: 'ended',
  },

  replaced: {
    means: 'The user signed in again in the same browser.',
    next: 'Nothing is wrong.',
    ...rightEnd,
    page: undefined,
  },
} as const satisfies Readonly<Record<string, Reason>>;

export type SessionReason = keyof typeof sessionReasons;

/** A reason that the store remembers. */
export type EndReason = {
  [Name in SessionReason]: (typeof sessionReasons)[Name]['remembered'] extends true ? Name : never;
}[SessionReason];

export const reasonNames = Object.keys(sessionReasons) as readonly SessionReason[];

/** A text as a reason; undefined when it is none, so that other texts are never printed. */
export const reasonNamed = (text: unknown): SessionReason | undefined => reasonNames.find((name) => name === text);
