import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a request was sent by a page of the app itself: by `Sec-Fetch-Site` (Fetch Metadata Request Headers, section
 * 2.4), or in browsers without it by `Origin`, which they send with every POST (Fetch, section 3.1).
 * @param own origin of the app, such as `https://portal.dezky.example`.
 */
export const isSameOrigin = (headers: IncomingHttpHeaders, own: string): boolean => {
  const site = headers['sec-fetch-site'];
  return site === undefined ? headers.origin === own : site === 'same-origin';
};
