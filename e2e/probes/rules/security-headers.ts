import type { IncomingHttpHeaders } from 'node:http';

type HeaderRule = readonly [header: string, wanted: string, holds: (value: string) => boolean];

const halfAYear = 15_768_000;
const directive = (policies: string, name: string): string =>
  policies
    .split(';')
    .map((part) => part.trim())
    .find((part) => part === name || part.startsWith(`${name} `)) ?? '';

const referrerPolicies: ReadonlySet<string> = new Set([
  'no-referrer',
  'same-origin',
  'strict-origin',
  'strict-origin-when-cross-origin',
  'origin',
  'origin-when-cross-origin',
]);

const policy = 'content-security-policy';
const hasNonce = (scripts: string): boolean => /'nonce-[^']{16,}'/.test(scripts);

/** Headers of every response, including errors and redirects. */
const always: readonly HeaderRule[] = [
  [
    'strict-transport-security',
    `a max-age of at least ${halfAYear} s`,
    (value) => Number(/max-age=(\d+)/i.exec(value)?.[1] ?? 0) >= halfAYear,
  ],
  ['x-content-type-options', 'nosniff', (value) => value.toLowerCase() === 'nosniff'],
  ['x-frame-options', 'DENY or SAMEORIGIN', (value) => /^(?:deny|sameorigin)$/i.test(value)],
  [
    'referrer-policy',
    'one that keeps paths from other hosts',
    (value) => referrerPolicies.has(value.split(',').at(-1)?.trim() ?? ''),
  ],
  [
    policy,
    "frame-ancestors 'none' or 'self'",
    (value) => /^frame-ancestors '(?:none|self)'$/.test(directive(value, 'frame-ancestors')),
  ],
  // Only pages, redirects and refusals are checked. Build assets are the only responses that may be stored.
  ['cache-control', 'no-store', (value) => value === 'no-store'],
];

/** Additional headers for pages, which run scripts. */
const onPages: readonly HeaderRule[] = [
  [
    policy,
    'a script-src with a nonce and without unsafe-inline or unsafe-eval',
    (value) =>
      hasNonce(directive(value, 'script-src')) && !/unsafe-(?:inline|eval)/.test(directive(value, 'script-src')),
  ],
  [
    policy,
    "default-src 'none' or 'self', and no other host in connect-src and img-src",
    (value) =>
      /^default-src '(?:none|self)'$/.test(directive(value, 'default-src')) &&
      /^(?:connect-src '(?:none|self)')?$/.test(directive(value, 'connect-src')) &&
      /^(?:img-src(?: (?:'self'|'none'|data:))+)?$/.test(directive(value, 'img-src')),
  ],
  [policy, "base-uri 'none' or 'self'", (value) => /^base-uri '(?:none|self)'$/.test(directive(value, 'base-uri'))],
  [
    policy,
    "form-action 'self' and at most one origin, that of Authentik, where signing out leads",
    (value) => /^form-action 'self'(?: https?:\/\/[\w.:-]+)?$/.test(directive(value, 'form-action')),
  ],
  ['cross-origin-opener-policy', 'same-origin', (value) => value === 'same-origin'],
];

const fix =
  'see security-headers.ts and no-store.ts in apps/base/server/plugins, and middlewares of the ingress that remove headers';

/** @param answers each with its request, such as `GET /sign-in`. @returns a sentence for each header that every answer lacks, or has with the same wrong value. */
export function securityHeaderFaults(
  of: string,
  answers: ReadonlyArray<readonly [request: string, headers: IncomingHttpHeaders, isPage: boolean]>,
): string[] {
  const wrong = answers.flatMap(([request, headers, isPage]) =>
    [...always, ...(isPage ? onPages : [])]
      .filter(([header, , holds]) => !holds(String(headers[header] ?? '')))
      .map(([header, wanted]) => {
        const seen = headers[header] === undefined ? `no ${header}` : `${header}: ${headers[header]}`;
        // A nonce is another one in each answer.
        return { request, wanted, seen: seen.replaceAll(/'nonce-[^']+'/g, "'nonce-…'") };
      }),
  );
  return [...Map.groupBy(wrong, ({ seen }) => seen)].map(([seen, its]) => {
    const requests = new Set(its.map(({ request }) => request));
    const wanted = new Set(its.map((each) => each.wanted));
    return `${[...requests].join(', ')} of ${of} answers with ${seen}, which should be ${[...wanted].join('; ')}: ${fix}.`;
  });
}

/** The nonce of a page's script policy. A nonce that is used twice would let injected scripts run. */
export const nonceOf = (headers: IncomingHttpHeaders): string | undefined =>
  /'nonce-([^']+)'/.exec(String(headers[policy] ?? ''))?.[1];
