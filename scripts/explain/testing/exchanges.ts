import type { BrowserExchange } from '../exchange.ts';

export interface Short {
  /** Seconds since the start. */
  at: number;
  ms?: number;
  method?: string;
  url: string;
  status: number;
  pod?: string;
  revision?: string;
  location?: string;
  setCookie?: string;
  accept?: string;
  cookie?: string;
  reason?: string;
  session?: string;
  requestId?: string;
  age?: string;
  cache?: string;
  clears?: string;
  failure?: string;
  isTimeUnsure?: boolean;
  /** Seconds since the start, by the clock of the server. */
  date?: number;
}

const headerNames = {
  pod: 'x-served-by',
  revision: 'x-revision',
  location: 'location',
  setCookie: 'set-cookie',
  reason: 'x-session-reason',
  session: 'x-session',
  requestId: 'x-request-id',
  age: 'age',
  cache: 'x-cache',
  clears: 'clear-site-data',
} as const;

const start = Date.parse('2026-01-05T09:00:00Z');

export const exchanges = (shorts: readonly Short[]): BrowserExchange[] =>
  shorts.map(
    ({ at, ms = 20, method = 'GET', url, status, accept, cookie, failure, isTimeUnsure, date, ...received }) => ({
      at: start + at * 1000,
      ms,
      method,
      url: new URL(url),
      status,
      ...(failure && { failure }),
      ...(isTimeUnsure && { isTimeUnsure }),
      sent: new Headers({ ...(accept && { accept }), ...(cookie && { cookie }) }),
      received: new Headers([
        ...(date === undefined ? [] : [['date', new Date(start + date * 1000).toUTCString()] as [string, string]]),
        ...Object.entries(headerNames).flatMap(([key, name]): Array<[string, string]> => {
          const value = received[key as keyof typeof headerNames];
          return value === undefined ? [] : [[name, value]];
        }),
      ]),
    }),
  );

const own = 'https://operator.dezky.example';

export const signInBy = (pod: string, at = 0, revision = '1'): Short => ({
  at,
  url: `${own}/auth/oidc/callback?code=secret-code&state=secret-state`,
  status: 302,
  location: '/',
  pod,
  revision,
  setCookie: '__Host-nuxt-oidc-auth=Fe26.2*secret; Path=/; Secure; HttpOnly',
});

export const callBy = (pod: string, at: number, status: number, more: Partial<Short> = {}): Short => ({
  at,
  url: `${own}/api/me`,
  status,
  pod,
  revision: '1',
  ...more,
});
