import { textOf } from '../../../tokens/src/text-of.ts';

/** Milliseconds for which no connection is kept after a response that is not JSON. */
const closingMs = 60_000;
let closingUntil = 0;

/**
 * Gets JSON, of any status and of at most so many bytes, and asks once more when the connection breaks or the body is not
 * JSON. A server that shuts down closes its idle connections, and a request may be sent at that moment (RFC 9110 section
 * 9.2.2, RFC 9112 section 9.3.1). While a Service gets its first endpoint, a connection may reach another server, and
 * every request that reuses it does: for a minute after such a response each request closes its connection. A timeout is final.
 * @param signal that of one attempt.
 */
export async function getJson(
  url: string,
  { headers: given, signal }: { headers: Record<string, string>; signal: () => AbortSignal },
  mostBytes: number,
): Promise<{ response: Response; body: unknown }> {
  const get = async () => {
    const headers = performance.now() < closingUntil ? { ...given, connection: 'close' } : given;
    // A redirect would send the token elsewhere.
    const response = await fetch(url, { headers, signal: signal(), redirect: 'manual' });
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
    closingUntil = performance.now() + closingMs;
    throw new TypeError(`status ${status} with ${text.length} characters that are not JSON`);
  }
}
