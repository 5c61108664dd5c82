import type { SignInFailure } from './sign-in-failures.ts';

/**
 * Maximum length, URL-encoded, of the page to return to. It is sent in the sign-in page's URL, in the `Referer` of the
 * next request and in a cookie. Browsers drop cookies above 4096 bytes, and servers refuse long request headers.
 */
const maxLength = 2048;

/** The page to return to after signing in, or `/` when it is not a string or is too long. */
export const pageToCarry = (page: unknown): string =>
  typeof page === 'string' && new URLSearchParams({ page }).toString().length <= maxLength ? page : '/';

/** The URL of the sign-in page. Its length is limited even for a long page to return to. */
export const signInPath = ({ to, failed }: { to?: string; failed?: SignInFailure } = {}): string => {
  const query = new URLSearchParams();
  if (failed !== undefined) query.set('failed', failed);
  const page = pageToCarry(to);
  if (page !== '/') query.set('to', page);
  return query.size === 0 ? '/sign-in' : `/sign-in?${query}`;
};
