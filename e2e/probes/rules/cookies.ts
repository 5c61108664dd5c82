import { parseSetCookie } from 'cookie-es';
import { getPublicSuffix } from 'tough-cookie';

export type SetCookie = NonNullable<ReturnType<typeof parseSetCookie>>;

export const cookiesIn = (setCookie: readonly string[] = []): SetCookie[] =>
  setCookie.flatMap((header) => parseSetCookie(header) ?? []);

/** Without its value, which must not be in a report. */
export const describeCookie = ({ name, value: _value, expires: _expires, maxAge: _maxAge, ...attributes }: SetCookie) =>
  [
    name,
    ...Object.entries(attributes).flatMap(([key, value]) => (value ? [value === true ? key : `${key}=${value}`] : [])),
  ].join('; ');

export const isRemoval = ({ maxAge, expires }: SetCookie): boolean =>
  maxAge === undefined ? expires !== undefined && expires.getTime() <= Date.now() : maxAge <= 0;

/** Browsers refuse cookies for every site that are not Secure (RFC 6265bis section 5.7); tough-cookie takes them. */
export const lacksSecure = ({ sameSite, secure }: SetCookie): boolean => sameSite === 'none' && secure !== true;

/** The scheme and the registrable domain, or the host where there is none (RFC 6265bis section 5.2). */
const siteOf = ({ protocol, hostname }: URL): string =>
  `${protocol}//${getPublicSuffix(hostname, { ignoreError: true }) ?? hostname}`;

export const isSameSite = (one: URL, other: URL): boolean => siteOf(one) === siteOf(other);

/** Browsers accept such a name only from the host itself and for all of its paths (RFC 6265bis section 4.1.3.2). */
const hostPrefix = '__Host-';

const rules = {
  secure: [({ secure }) => secure === true, 'is not Secure, so it also travels over plain http'],
  httpOnly: [({ httpOnly }) => httpOnly === true, 'is not HttpOnly, so scripts can read it'],
  prefix: [
    ({ name }) => name.startsWith(hostPrefix),
    `has no ${hostPrefix} in its name, so other hosts of the domain can put one of theirs in its place`,
  ],
  path: [({ path }) => path === '/', 'has another Path than /, so browsers refuse it'],
  sameSite: [
    ({ sameSite }) => sameSite === 'lax' || sameSite === 'strict',
    'is neither SameSite=Lax nor Strict, so other sites can send it along',
  ],
  domain: [
    ({ domain }) => domain === undefined,
    'has a Domain, so every host below it gets it, or browsers refuse it (__Host-): leave that out',
  ],
} as const satisfies Record<string, readonly [holds: (cookie: SetCookie) => boolean, fault: string]>;

const inDefineApp =
  'see `session.cookie` in apps/base/define-app.ts and apps/base/server/plugins, and what changes cookies on the way';

/** @param names of the rules; those of any app are fewer. */
export const cookieFaults = (
  cookie: SetCookie,
  names: ReadonlyArray<keyof typeof rules> = Object.keys(rules) as Array<keyof typeof rules>,
  advice = inDefineApp,
): string[] =>
  names
    .map((name) => rules[name])
    .filter(([holds]) => !holds(cookie))
    .map(([, fault]) => `The cookie ${cookie.name} ${fault} (${describeCookie(cookie)}): ${advice}.`);
