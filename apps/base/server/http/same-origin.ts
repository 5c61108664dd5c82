import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a page of the app itself sent the request. Decided by `Sec-Fetch-Site` (Fetch Metadata Request Headers,
 * section 2.4), or by `Origin` in browsers without it, which they send with every POST (Fetch, section 3.1).
 * @param own origin of the app, such as `https://portal.dezky.example`.
 */
export const isSameOrigin = (headers: IncomingHttpHeaders, own: string): boolean => {
  const site = headers['sec-fetch-site'];
  return site === undefined ? headers.origin === own : site === 'same-origin';
};
