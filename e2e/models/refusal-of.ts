import { expect } from '../matchers/index.ts';
import type { App } from './app.ts';

/** One route of each kind that needs a session. */
export const refusedRoutes = ['/api/me', '/api/_auth/session', '/'] as const;

/**
 * The refusal of a call by a pod. Asserts that no kind of route sets or deletes a cookie in it, because the response may
 * arrive after the next sign-in.
 * @param cookie replaces the cookies of the browser.
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
