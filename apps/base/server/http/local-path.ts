import { matchRoute } from './routes.ts';

const origin = 'http://local.invalid';

/** A page of this app to open after signing in, taken from user input. `/` for any other value or host. */
export const localPath = (value: unknown): string => {
  if (typeof value !== 'string' || !value.startsWith('/') || !URL.canParse(value, origin)) return '/';
  const url = new URL(value, origin);
  const target = url.pathname + url.search;
  // Browsers read `//host` and `/\host` as other origins (WHATWG URL, special schemes), also after dots are resolved.
  return url.origin === origin && matchRoute('GET', target).match === 'page' ? target + url.hash : '/';
};
