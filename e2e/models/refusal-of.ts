import { expect } from '../matchers/index.ts';
import type { App } from './app.ts';

/** One of each kind of routes that need a session. */
export const refusedRoutes = ['/api/me', '/api/_auth/session', '/'] as const;

/**
 * How a pod refuses a call, the first of these routes. Asserts that none of them sets or deletes a cookie then: the response
 * may arrive after the next sign-in.
 * @param cookie instead of the cookies of the browser.
 */
export async function refusalOf(app: App, { pod, cookie }: { pod: string; cookie?: string }) {
  const answers = [];
  for (const path of refusedRoutes) {
    const headers = { ...(path === '/' && { accept: 'text/html' }), ...(cookie !== undefined && { cookie }) };
    const response = await app.call(path, { pod, headers });
    answers.push({ path, status: response.status(), headers: response.headers() });
  }
  const [{ status, headers }] = answers as [(typeof answers)[0]];
  const { 'x-session-reason': reason = '', 'x-request-id': requestId = '', 'x-session': session = '' } = headers;
  const cookies = answers.flatMap(({ path, headers: { 'set-cookie': set } }) => (set ? [`${path}: ${set}`] : []));
  expect(cookies, `cookies of a refusal as "${reason}"`).toEqual([]);
  return { status, reason, requestId, session };
}
