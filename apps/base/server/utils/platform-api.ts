import type { H3Event } from 'h3';
import { againOnBrokenConnection } from '../lib/again.ts';
import { failure, notSignedIn } from '../lib/failure.ts';

/** Milliseconds: longer than platform-api itself waits for what is behind it. */
const timeout = 6000;

/** Answers of platform-api that are the caller's business; any other fault of it is a 502 of this app. */
const passed: ReadonlySet<number> = new Set([401, 403, 404, 501]);

const messageOf = (body: unknown) => {
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
  return typeof message === 'string' ? message : undefined;
};

/** Gets a path of platform-api as the person whose request this is. Throws an error to answer the request with. */
export const getFromPlatform = async <Body>(event: H3Event, path: string): Promise<Body> => {
  const { living } = event.context;
  if (!living) throw notSignedIn();

  const base = useRuntimeConfig().platformApiUrl.replace(/\/$/, '');
  let response: Response;
  let body: unknown;
  const signal = AbortSignal.timeout(timeout);
  try {
    ({ response, body } = await againOnBrokenConnection(async () => {
      const answer = await fetch(base + path, {
        headers: { authorization: `Bearer ${living.accessToken}`, accept: 'application/json' },
        signal,
      });
      return { response: answer, body: (await answer.json()) as unknown };
    }));
  } catch (cause) {
    throw failure(502, 'The platform API did not answer.', cause);
  }
  if (response.ok) return body as Body;
  const message = messageOf(body) ?? 'The platform API failed.';
  throw failure(passed.has(response.status) ? response.status : 502, message);
};
