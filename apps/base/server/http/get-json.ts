import { textOf } from '../../../tokens/src/text-of.ts';

interface JsonResponse {
  response: Response;
  body: unknown;
}

/**
 * Gets JSON, of any status and of at most so many bytes, and asks once more when the connection fails or when the body is
 * not JSON: a server that shuts down may get the request (RFC 9110 section 9.2.2), and for a moment a Service may lead to
 * another server. Each request has its own connection. One that is kept is closed by the server while a request is on its
 * way (RFC 9112 section 9.3.1), prefers one pod, and keeps a wrong server for as long as it is in use. A timeout is final.
 */
export async function getJson(
  url: string,
  init: { headers: Record<string, string>; signal: AbortSignal },
  mostBytes: number,
): Promise<JsonResponse> {
  const headers = { ...init.headers, connection: 'close' };
  const get = async () => {
    // A redirect would send the token elsewhere.
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    return { response, body: parsed(response, await textOf(response, mostBytes)) };
  };
  return get().catch((error: unknown) => {
    // What fetch throws when the response is missing or incomplete.
    if (!(error instanceof TypeError)) throw error;
    return get();
  });
}

function parsed({ status }: Response, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TypeError(`status ${status} with ${text.length} characters that are not JSON`);
  }
}
