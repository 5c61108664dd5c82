import type { Cookie } from '@playwright/test';

/** A cookie as set, without its value, which must not be in a report. */
export interface SetCookie {
  name: string;
  /** Lower-case names; an attribute without a value has an empty string. */
  attributes: ReadonlyMap<string, string>;
}

/** Reads a `set-cookie` header (RFC 6265 section 5.2). Parsed here, because cookie-es drops invalid attributes. */
export function parseSetCookie(header: string): SetCookie {
  const [pair = '', ...attributes] = header.split(';');
  const split = (text: string): [string, string] => {
    const at = text.indexOf('=');
    return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  };
  return {
    name: split(pair)[0],
    attributes: new Map(
      attributes.map((attribute) => {
        const [name, value] = split(attribute);
        return [name.toLowerCase(), value] as const;
      }),
    ),
  };
}

/**
 * A cookie in a browser. The domain starts with a dot when it was set with Domain, and has no dot for a host-only
 * cookie.
 */
export const cookieOfBrowser = ({ name, path, secure, httpOnly, sameSite, domain }: Cookie): SetCookie => ({
  name,
  attributes: new Map([
    ['path', path],
    ...(secure ? [['secure', ''] as const] : []),
    ...(httpOnly ? [['httponly', ''] as const] : []),
    ['samesite', sameSite],
    ...(domain.startsWith('.') ? [['domain', domain] as const] : []),
  ]),
});

/**
 * A browser accepts a cookie of such a name only from the host itself and for all of its paths (RFC 6265bis section
 * 4.1.3.2).
 */
const hostPrefix = '__Host-';

const rules: ReadonlyArray<readonly [holds: (cookie: SetCookie) => boolean, fault: string]> = [
  [
    ({ name }) => name.startsWith(hostPrefix),
    `has no ${hostPrefix} in its name, so other hosts of the domain can put one of theirs in its place`,
  ],
  [({ attributes }) => attributes.get('path') === '/', 'has another Path than /, so browsers refuse it'],
  [({ attributes }) => attributes.has('secure'), 'is not Secure, so it also travels over plain http'],
  [({ attributes }) => attributes.has('httponly'), 'is not HttpOnly, so scripts can read it'],
  [
    ({ attributes }) => /^(?:lax|strict)$/i.test(attributes.get('samesite') ?? ''),
    'is neither SameSite=Lax nor Strict, so other sites can send it along',
  ],
  [({ attributes }) => !attributes.has('domain'), 'has a Domain, so every host below it gets it: leave that out'],
];

export const describeCookie = ({ name, attributes }: SetCookie): string =>
  [
    name,
    ...[...attributes]
      .filter(([key]) => key !== 'expires' && key !== 'max-age')
      .map(([key, value]) => (value ? `${key}=${value}` : key)),
  ].join('; ');

/** Faults in the attributes of an app's cookie. */
export const cookieFaults = (cookie: SetCookie): string[] =>
  rules
    .filter(([holds]) => !holds(cookie))
    .map(
      ([, fault]) =>
        `The cookie ${cookie.name} ${fault} (${describeCookie(cookie)}): see \`session.cookie\` in apps/base/define-app.ts, and apps/base/server/plugins.`,
    );
