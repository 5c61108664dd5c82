import { matchRoute } from './routes.ts';
import type { H3Event } from 'h3';
import { z } from 'zod';
import { pageToCarry } from '../../shared/utils/sign-in-path.ts';
import { signInSeconds } from '../settings/session-times.ts';

/** The cookie with the page to open after a sign-in. */
export const returnCookie = 'dezky-return-to';

const origin = 'http://local.invalid';

/** A page of this app to open after signing in, taken from user input. `/` for any other value or host. */
export const localPath = (value: unknown): string => {
  if (typeof value !== 'string' || !value.startsWith('/') || !URL.canParse(value, origin)) return '/';
  const url = new URL(value, origin);
  const target = url.pathname + url.search;
  // Browsers read `//host` and `/\host` as other origins (WHATWG URL, special schemes), also after dots are resolved.
  return url.origin === origin && matchRoute('GET', target).match === 'page' ? target + url.hash : '/';
};

const options = { path: '/', httpOnly: true, secure: true, sameSite: 'lax', maxAge: signInSeconds } as const;

/** The sign-ins of a browser that are in progress, the newest first: several tabs may each have one. */
type Attempts = Array<[state: string, page: string]>;

/** Fewer than the bytes at which browsers drop a cookie (RFC 6265bis section 5.6). */
const maxLength = 3500;

const attemptsOf = (event: H3Event): Attempts => {
  const value = getCookie(event, returnCookie) ?? '';
  // A longer one is not of this app, and `keep` would encode each of its thousands of pairs once more.
  if (value.length > maxLength) return [];
  try {
    return z.array(z.tuple([z.string(), z.string()])).parse(JSON.parse(value));
  } catch {
    return [];
  }
};

const keep = (event: H3Event, attempts: Attempts): void => {
  const value = () => JSON.stringify(attempts);
  while (encodeURIComponent(value()).length > maxLength) attempts.pop();
  if (attempts.length > 0) setCookie(event, returnCookie, value(), options);
  else deleteCookie(event, returnCookie, options);
};

/** Remembers the requested page during a sign-in at Authentik. @param state that of the sign-in. */
export const rememberPage = (event: H3Event, state: string, page: unknown): void =>
  keep(event, [[state, pageToCarry(localPath(page))], ...attemptsOf(event)]);

/** Returns the page of the sign-in whose state is in the query, or `/`, and forgets it. */
export const recallPage = (event: H3Event): string => {
  const { state } = getQuery(event);
  const attempts = attemptsOf(event);
  const own = attempts.find(([each]) => each === state);
  if (own) keep(event, attempts.toSpliced(attempts.indexOf(own), 1));
  return localPath(own?.[1]);
};
