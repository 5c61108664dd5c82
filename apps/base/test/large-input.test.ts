import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import * as h3 from 'h3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { hasTooManyParameters } from '../../environment/parameters.ts';
import { requestIdOf } from '../../environment/request-id.ts';
import { cpuOf, cpuOfEncoding } from '../../environment/test/cpu.ts';
import { verifyLogoutToken } from '../../tokens/src/logout-token.ts';
import fileOfAnotherBuild from '../server/http/file-of-another-build.ts';
import { recallPage, rememberPage } from '../server/http/return-page.ts';
import { matchRoute } from '../server/http/routes.ts';
import { isSameOrigin } from '../server/http/same-origin.ts';
import { cookiesForServer } from '../server/nuxt-oidc-auth/host-cookies.ts';
import { hideSession } from '../server/nuxt-oidc-auth/session.ts';

vi.mock('nuxt-oidc-auth/runtime/server/utils/security.js', () => ({}));

/** Characters of the head of a request that the apps accept (NODE_OPTIONS in their ConfigMaps), and of a body. */
const [head, body] = [65_536, 4096];
const filled = (piece: string, length = head): string => piece.repeat(length / piece.length);

/** What is slow for regular expressions, for lists that are searched or copied, and for JSON. */
const pieces = [
  'a',
  ' ',
  '/',
  '//',
  '../',
  '%2e',
  '%',
  ';',
  'a=b;',
  'a=;',
  ' =;',
  '; \t',
  '"',
  '[',
  '["",""],',
  '{"a":',
  '*',
  '.',
  'a.',
  '\\',
  '&',
  'a&',
  'a%&',
  '?',
  '#',
  ',',
];

const eventOf = ({ url = '/', cookie = '' }): h3.H3Event => {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { url, method: 'GET', headers: { cookie } });
  return h3.createEvent(request, new ServerResponse(request));
};
const password = 'a secret of at least 32 characters.';

const parsers: Readonly<Record<string, (text: (length?: number) => string) => unknown>> = {
  'a path': (text) => matchRoute('GET', `/${text()}`),
  'the path of a file of the build': (text) =>
    fileOfAnotherBuild({ statusCode: 404 } as never, eventOf({ url: `/_nuxt/${text()}` })),
  // The middleware that refuses too many parameters is before every reader.
  'a query': (text) => hasTooManyParameters(text()) || h3.getQuery(eventOf({ url: `/?to=${text()}` })),
  'a page to return to': (text) => rememberPage(eventOf({}), 'state', `/users?${text()}`),
  'the cookie of pages to return to': (text) => {
    for (const value of [text(head / 4), `[${text(head / 4).replace(/,$/, '')}]`]) {
      const cookie = `dezky-return-to=${encodeURIComponent(value)}`;
      rememberPage(eventOf({ cookie }), 'state', '/');
      recallPage(eventOf({ url: '/?state=x', cookie }));
    }
  },
  // Prefix, password, salt, vector, contents, expiry, salt and seal (iron-webcrypto).
  'a sealed cookie': (text) =>
    h3
      .unsealSession(eventOf({}), { password }, `Fe26.2**${text(8)}*${text(8)}*${text()}**${text(8)}*${text(8)}`)
      .catch(() => {}),
  cookies: (text) => cookiesForServer(text()),
  // Of one name only the first is decoded.
  'cookies that cannot be decoded': () => {
    const cookies = Array.from({ length: 9000 }, (_, name) => `${name}=%`).join(';');
    return h3.parseCookies(eventOf({ cookie: cookiesForServer(cookies) }));
  },
  'cookies beside a session': (text) => hideSession(eventOf({ cookie: `nuxt-oidc-auth=x;${text()}` })),
  'the id of a request': (text) => requestIdOf(text()),
  'the origin of a request': (text) => isSameOrigin({ origin: text() }, 'https://portal.test'),
  'a logout token': (text) =>
    verifyLogoutToken(
      [text(body / 4), text(body / 4), text(body / 4)].map((part) => Buffer.from(part).toString('base64url')).join('.'),
      { issuer: 'https://auth.test/', clientId: 'portal' },
      () => Promise.reject(new Error('not asked')),
    ).catch(() => {}),
  'a form': (text) => new URLSearchParams(text(body)).getAll('logout_token'),
};

beforeAll(() => {
  for (const [name, value] of Object.entries(h3)) vi.stubGlobal(name, value);
});
afterAll(() => vi.unstubAllGlobals());

test.each(Object.entries(parsers))(
  'the maximum length of %s costs at most 2.5 times what encoding its characters costs',
  async (_name, parse) => {
    const slow: Record<string, number> = {};
    for (const piece of pieces) {
      const cost = await cpuOf(() => parse((length) => filled(piece, length)));
      // What costs less than this is quick on any machine.
      if (cost > 5 && cost > 2.5 * (await cpuOfEncoding())) slow[piece] = cost;
    }
    expect(slow).toEqual({});
  },
);
