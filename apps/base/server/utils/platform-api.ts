import type { H3Event } from 'h3';
import { z } from 'zod';
import { failure, inRequest, notSignedIn } from '../http/failure.ts';
import { getJson } from '../http/get-json.ts';
import { refuse, reportUnavailable } from '../sessions/refusal.ts';
import type { Tokens } from '../sessions/active-session.ts';
import { refreshTimes, timeouts } from '../settings/session-times.ts';
import { platformAnswers, type PlatformAnswer, type PlatformPath } from '../../shared/platform-answers.ts';

/** Bytes. A page of users has some 50 KB. */
const answerBytes = 4_000_000;

/** The message that the user sees; the cause is only logged. */
const notNow = 'This cannot be loaded right now. Please try again in a moment.';

/**
 * Statuses of platform-api that are passed to the caller. Any other error becomes a 502. A 401 is not passed on: the
 * session exists, and signing in again would not help.
 */
const passed: ReadonlySet<number> = new Set([403, 404, 501]);

/**
 * Gets a path of platform-api on behalf of the signed-in user, with these query parameters of the request. The error
 * that it throws is the response to the request.
 */
export const getFromPlatform = async <Path extends PlatformPath>(
  event: H3Event,
  path: Path,
  parameters: readonly string[] = [],
): Promise<PlatformAnswer<Path>> => {
  const { activeSession: session } = event.context;
  if (!session) throw notSignedIn('none');

  const given = Object.entries(getQuery(event)).filter(([name]) => parameters.includes(name));
  const query = new URLSearchParams(given.map(([name, value]) => [name, `${value}`]));
  const url = useRuntimeConfig().platformApiUrl.replace(/\/$/, '') + path + (query.size > 0 ? `?${query}` : '');
  const fail = (line: string, cause?: unknown): never => {
    console.error(`GET ${path}${inRequest(event)}: ${line}`);
    throw failure(502, notNow, cause);
  };
  const timeLeft = () => Math.trunc(event.context.deadline - performance.now());
  const ask = (accessToken: string) => {
    const headers = {
      authorization: `Bearer ${accessToken}`,
      accept: 'application/json',
      'x-request-id': event.context.requestId,
    };
    const signal = () => AbortSignal.timeout(Math.min(timeouts.platform, Math.max(timeouts.lastPart, timeLeft())));
    return getJson(url, { headers, signal }, answerBytes).catch((cause: Error) =>
      fail(`no usable response from platform-api: ${cause.message}`, cause),
    );
  };

  let { response, body } = await ask(session.accessToken);
  if (response.status === 401 && timeLeft() > refreshTimes.wait) {
    const renewed = await reportUnavailable<Tokens>(event, () => session.renew());
    if ('over' in renewed) {
      refuse(event, renewed.over, session.id);
      throw notSignedIn(renewed.over);
    }
    if (renewed.accessToken !== session.accessToken) ({ response, body } = await ask(renewed.accessToken));
  }
  if (response.ok) {
    const { success, data, error } = platformAnswers[path].safeParse(body);
    if (success) return data as PlatformAnswer<Path>;
    return fail(`unexpected response of platform-api: ${z.prettifyError(error)}`);
  }
  const message = z.object({ message: z.string() }).safeParse(body).data?.message;
  if (passed.has(response.status)) throw failure(response.status, message ?? notNow);
  return fail(`platform-api answered ${response.status}: ${message ?? 'without a message'}`);
};
