import type { SignInFailure } from './sign-in-failures.ts';

/**
 * Characters, URL-encoded, of a page to come back to. It travels in the address of the sign-in page, in the `Referer` of
 * the next request and in a cookie: browsers drop a cookie above 4096 bytes, and servers refuse long heads.
 */
const longest = 2048;

/** A page to come back to after signing in, or `/` for one that is no text or too long to be carried along. */
export const pageToCarry = (page: unknown): string =>
  typeof page === 'string' && new URLSearchParams({ page }).toString().length <= longest ? page : '/';

/** Address of the sign-in page; bounded, however long the page to come back to is. */
export const signInPath = ({ to, failed }: { to?: string; failed?: SignInFailure } = {}): string => {
  const query = new URLSearchParams();
  if (failed !== undefined) query.set('failed', failed);
  const page = pageToCarry(to);
  if (page !== '/') query.set('to', page);
  return query.size === 0 ? '/sign-in' : `/sign-in?${query}`;
};
