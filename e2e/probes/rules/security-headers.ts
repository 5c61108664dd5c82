import type { IncomingHttpHeaders } from 'node:http';

interface HeaderRule {
  header: string;
  wanted: string;
  holds: (value: string, all: IncomingHttpHeaders) => boolean;
}

const halfAYear = 15_768_000;
const directive = (policy: string, name: string): string | undefined =>
  policy
    .split(';')
    .map((part) => part.trim())
    .find((part) => part === name || part.startsWith(`${name} `));

/** Headers of every response, including errors and redirects. */
const always: readonly HeaderRule[] = [
  {
    header: 'strict-transport-security',
    wanted: `a max-age of at least ${halfAYear} s`,
    holds: (value) => Number(/max-age=(\d+)/i.exec(value)?.[1] ?? 0) >= halfAYear,
  },
  { header: 'x-content-type-options', wanted: 'nosniff', holds: (value) => value.toLowerCase() === 'nosniff' },
  {
    header: 'x-frame-options',
    wanted: 'DENY or SAMEORIGIN',
    holds: (value) => /^(?:deny|sameorigin)$/i.test(value),
  },
  {
    header: 'referrer-policy',
    wanted: 'one that keeps paths from other hosts',
    holds: (value) =>
      /^(?:no-referrer|same-origin|strict-origin|strict-origin-when-cross-origin|origin|origin-when-cross-origin)$/.test(
        value.split(',').at(-1)?.trim() ?? '',
      ),
  },
  {
    header: 'content-security-policy',
    wanted: "frame-ancestors 'none' or 'self'",
    holds: (value) => /^frame-ancestors '(?:none|self)'$/.test(directive(value, 'frame-ancestors') ?? ''),
  },
  // Only pages, redirects and refusals are checked. Build assets are the only responses that may be stored.
  { header: 'cache-control', wanted: 'no-store', holds: (value) => value === 'no-store' },
];

/** Additional headers for pages, which run scripts. */
const onPages: readonly HeaderRule[] = [
  {
    header: 'content-security-policy',
    wanted: 'a script-src with a nonce and without unsafe-inline or unsafe-eval',
    holds: (value) => {
      const scripts = directive(value, 'script-src') ?? '';
      return /'nonce-[^']{16,}'/.test(scripts) && !/unsafe-(?:inline|eval)/.test(scripts);
    },
  },
  {
    header: 'content-security-policy',
    wanted: "base-uri 'none' or 'self'",
    holds: (value) => /^base-uri '(?:none|self)'$/.test(directive(value, 'base-uri') ?? ''),
  },
  {
    header: 'content-security-policy',
    wanted: "form-action 'self' and at most one origin, that of Authentik, where signing out leads",
    holds: (value) => /^form-action 'self'(?: https?:\/\/[\w.:-]+)?$/.test(directive(value, 'form-action') ?? ''),
  },
  {
    header: 'cross-origin-opener-policy',
    wanted: 'same-origin',
    holds: (value) => value === 'same-origin',
  },
];

const fix =
  'see security-headers.ts and no-store.ts in apps/base/server/plugins, and middlewares of the ingress that remove headers';

/** @param where the request, such as `GET /sign-in`. */
export const securityHeaderFaults = (where: string, headers: IncomingHttpHeaders, isPage: boolean): string[] =>
  [...always, ...(isPage ? onPages : [])]
    .filter(({ header, holds }) => !holds(String(headers[header] ?? ''), headers))
    .map(
      ({ header, wanted }) =>
        `${where} answers with ${headers[header] === undefined ? `no ${header}` : `${header}: ${headers[header]}`}, ` +
        `which should be ${wanted}: ${fix}.`,
    );

/** The nonce of a page's script policy. A nonce that is used twice would let injected scripts run. */
export const nonceOf = (headers: IncomingHttpHeaders): string | undefined =>
  /'nonce-([^']+)'/.exec(String(headers['content-security-policy'] ?? ''))?.[1];
