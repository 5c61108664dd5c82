import type { AppName } from '../apps/environment/apps.ts';

const hour = 60 * 60;
const day = 24 * hour;

const lifetimeDays = 14;
/** A browser accepts a cookie of such a name only from the host itself (RFC 6265bis section 4.1.3.2). */
const hostPrefix = '__Host-';

/** Pages of every app that need no session. */
export const publicPages = ['/sign-in', '/sign-out', '/signed-out'] as const;

/** The paths of a sign-in and a sign-out at every app. */
export const routes = {
  signIn: '/auth/oidc/login',
  callback: '/auth/oidc/callback',
  signOut: '/auth/oidc/logout',
  backChannel: '/auth/oidc/backchannel-logout',
} as const;

/** The suite's requirements for a session, stated once and independent of the apps' constants. */
export const contract = {
  /** Days without use after which a session expires, in Redis and in the browser. */
  lifetimeDays,
  lifetimeSeconds: lifetimeDays * day,
  /** Minimum remaining seconds of a lifetime that was just set. */
  leastSecondsLeft: lifetimeDays * day - 60,
  database: 1,
  /** Name of the session cookie (docs/decisions/0014-host-prefix.md). */
  sessionCookie: `${hostPrefix}nuxt-oidc-auth`,
  /** Name of the cookie with state and PKCE verifier of a sign-in in progress. */
  attemptCookie: `${hostPrefix}oidc`,
  /** All attributes except the lifetime, as cookie-es parses them. */
  cookieAttributes: { path: '/', httpOnly: true, secure: true, sameSite: 'lax' },
  /** Seconds without use after which a session ends before its lifetime does (docs/decisions/0015-idle-limit.md). */
  idleSeconds: { operator: 12 * hour, portal: undefined } satisfies Record<AppName, number | undefined>,
  /** Seconds after the user entered the password at which a session ends, however it is used (decision 15). */
  maxSeconds: { operator: day, portal: 30 * day } satisfies Record<AppName, number>,
  /** Milliseconds after a failed refresh in which a pod asks Authentik for no other one of the session. */
  refreshPauseMs: 2000,
  /** Seconds that the ingress keeps an idle connection to a pod (Traefik's default, `idleConnTimeout`). */
  ingressKeepAliveSeconds: 90,
} as const;

const part = { session: ':oidc:', lock: ':refresh:', end: ':end:' } as const;

/** The claims that identify a session in a logout token: its `sid` and the user's `sub`. */
const names = ['sid', 'sub'] as const;

export const sessionKeyPattern = (app: AppName): RegExp => new RegExp(`^${app}${part.session}[0-9a-zA-Z_-]{16,}$`);

export const sessionKeyOf = (app: AppName, id: string): string => `${app}${part.session}${id}`;

/** The key of the lock of a session that is being refreshed. */
export const lockKeyOf = (sessionKey: string): string => sessionKey.replace(part.session, part.lock);

/** The key of how a session ended. */
export const endKeyOf = (sessionKey: string): string => sessionKey.replace(part.session, part.end);

export const isLockKey = (key: string): boolean => key.includes(part.lock);

export const isSessionKey = (key: string): boolean => key.includes(part.session);

/**
 * Whether a key is a record of the end of sessions: the used logout token and the ended claims, as hashes, which expire
 * after minutes, or how a session ended.
 */
export const isLogoutNote = (key: string): boolean => /^\w+:(?:logout-token|ended|end):/.test(key);

/** Patterns of the keys that index an app's sessions by hashed `sid` and `sub`. */
export const nameKeyPatterns = (app: AppName): RegExp[] =>
  names.map((name) => new RegExp(`^${app}:${name}:[\\w-]{43}$`));

/**
 * Every kind of key that an app writes, with the seconds that a key has left just after it was written: at least and at
 * most. A used logout token lasts for 5 minutes, and clocks differ by 5 minutes in either direction.
 */
export const kindsOfKeys = (
  app: AppName,
): ReadonlyArray<{ kind: string; pattern: RegExp; seconds: readonly [least: number, most: number] }> => {
  const whole = [contract.leastSecondsLeft, contract.lifetimeSeconds] as const;
  return [
    { kind: 'session', pattern: sessionKeyPattern(app), seconds: whole },
    ...nameKeyPatterns(app).map((pattern, index) => ({ kind: `index of ${names[index]}`, pattern, seconds: whole })),
    { kind: 'refresh lock', pattern: new RegExp(`^${app}${part.lock}[\\w-]{16,}$`), seconds: [10, 20] },
    { kind: 'end', pattern: new RegExp(`^${app}${part.end}[\\w-]{16,}$`), seconds: whole },
    { kind: 'ended sign-ins', pattern: new RegExp(`^${app}:ended:s(?:id|ub):[\\w+:-]{43,}$`), seconds: [30, 60] },
    { kind: 'used logout token', pattern: new RegExp(`^${app}:logout-token:[\\w-]{43}$`), seconds: [800, 900] },
  ];
};

/** Whether a key's time to live is within a minute of a session's whole lifetime. */
export const hasWholeLifetime = (ttl: number): boolean =>
  ttl > contract.leastSecondsLeft && ttl <= contract.lifetimeSeconds;

/** The name of a cookie without the prefix, as the app's server knows it. */
export const bareName = (cookie: string): string => cookie.replace(hostPrefix, '');
