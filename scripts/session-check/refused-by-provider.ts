import { request, type Dispatcher } from 'undici';
import { refusedSignIn } from '../../e2e/probes/rules/authorization-answer.ts';

/**
 * A sentence when the provider does not go on with the app's authorization request. One that it refuses after the login
 * alone is told by the claims.
 * @param dispatcher reaches the mock; a provider of the app's owner is reached directly.
 */
export async function refusedByProvider(url: URL, dispatcher: Dispatcher | undefined, signal: AbortSignal) {
  const { statusCode, headers, body } = await request(url, {
    ...(dispatcher && { dispatcher }),
    signal,
    headers: { accept: 'text/html' },
  });
  const answer = { url: url.href, status: statusCode, headers, body: await body.text() };
  return refusedSignIn('the app', url, answer);
}
