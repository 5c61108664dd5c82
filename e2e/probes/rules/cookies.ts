import { describeCookie, type SetCookie } from './describe-cookie.ts';

/** Browsers accept such a name only from the host itself and for all of its paths (RFC 6265bis section 4.1.3.2). */
const hostPrefix = '__Host-';

const rules: ReadonlyArray<readonly [holds: (cookie: SetCookie) => boolean, fault: string]> = [
  [
    ({ name }) => name.startsWith(hostPrefix),
    `has no ${hostPrefix} in its name, so other hosts of the domain can put one of theirs in its place`,
  ],
  [({ path }) => path === '/', 'has another Path than /, so browsers refuse it'],
  [({ secure }) => secure === true, 'is not Secure, so it also travels over plain http'],
  [({ httpOnly }) => httpOnly === true, 'is not HttpOnly, so scripts can read it'],
  [
    ({ sameSite }) => sameSite === 'lax' || sameSite === 'strict',
    'is neither SameSite=Lax nor Strict, so other sites can send it along',
  ],
  [({ domain }) => domain === undefined, 'has a Domain, so every host below it gets it: leave that out'],
];

export const cookieFaults = (cookie: SetCookie): string[] =>
  rules
    .filter(([holds]) => !holds(cookie))
    .map(
      ([, fault]) =>
        `The cookie ${cookie.name} ${fault} (${describeCookie(cookie)}): see \`session.cookie\` in apps/base/define-app.ts, and apps/base/server/plugins.`,
    );
