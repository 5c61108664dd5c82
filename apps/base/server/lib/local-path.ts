const origin = 'http://local.invalid';
/** Not pages to come back to: they would sign in or out again, or show data. */
const never = /^\/(?:auth|api|sign-in|signed-out)(?:[/?#]|$)/;

/** A path of this app to go to after signing in, out of what a visitor sent; `/` for anything that leads elsewhere. */
export const localPath = (value: unknown): string => {
  if (typeof value !== 'string' || !value.startsWith('/') || !URL.canParse(value, origin)) return '/';
  const url = new URL(value, origin);
  const path = url.pathname + url.search + url.hash;
  // `//host` and `/\host` are other origins to a browser (WHATWG URL, special schemes), also after dots are resolved.
  return url.origin === origin && !path.startsWith('//') && !never.test(path) ? path : '/';
};
