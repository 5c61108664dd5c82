import { matchRoute } from './routes.ts';
import type { H3Event } from 'h3';
import { pageToCarry } from '../../shared/utils/sign-in-path.ts';
import { returnCookie } from '../nuxt-oidc-auth/host-cookies.ts';
import { attemptSeconds } from '../nuxt-oidc-auth/names.ts';

const origin = 'http://local.invalid';

/** A page of this app to open after signing in, taken from user input. `/` for any other value or host. */
export const localPath = (value: unknown): string => {
  if (typeof value !== 'string' || !value.startsWith('/') || !URL.canParse(value, origin)) return '/';
  const url = new URL(value, origin);
  const target = url.pathname + url.search;
  // Browsers read `//host` and `/\host` as other origins (WHATWG URL, special schemes), also after dots are resolved.
  return url.origin === origin && matchRoute('GET', target).match === 'page' ? target + url.hash : '/';
};

const options = { path: '/', httpOnly: true, secure: true, sameSite: 'lax', maxAge: attemptSeconds } as const;

/** Remembers the requested page during the sign-in at Authentik. */
export const rememberPage = (event: H3Event, page: unknown): void =>
  setCookie(event, returnCookie, pageToCarry(localPath(page)), options);

/** Returns the remembered page, or `/`, and forgets it. */
export const recallPage = (event: H3Event): string => {
  const page = localPath(getCookie(event, returnCookie));
  deleteCookie(event, returnCookie, options);
  return page;
};
