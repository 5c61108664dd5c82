import type { BrowserExchange } from '../exchange.ts';
import { recordingOf } from '../har.ts';
import { entriesOf, type Visit } from './shop.ts';

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
  date: 'date',
} as const;

type Named = Partial<Record<keyof typeof headerNames, string>>;

/** A request of a recording of these apps, with the headers that matter by short names. */
export interface Short extends Visit, Named {
  accept?: string;
  cookie?: string;
}

export const exchanges = (shorts: readonly Short[]): BrowserExchange[] =>
  recordingOf(
    entriesOf(
      shorts.map(({ accept, cookie, ...short }) => ({
        ...short,
        sent: { ...(accept && { accept }), ...(cookie && { cookie }) },
        received: Object.fromEntries(
          Object.entries(headerNames).flatMap(([key, name]) => {
            const value = short[key as keyof Named];
            return value === undefined ? [] : [[name, value]];
          }),
        ),
      })),
    ),
    'it.har',
  ).exchanges;

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
