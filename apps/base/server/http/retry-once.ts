/**
 * Sends a safe request, and retries it once when its connection breaks. A server that shuts down closes its idle
 * connections, and a request may be sent at that moment (RFC 9110 section 9.2.2, RFC 9112 section 9.3.1). A timeout
 * does not count as a broken connection.
 */
export async function retryOnce<Answer>(get: () => Promise<Answer>): Promise<Answer> {
  try {
    return await get();
  } catch (error) {
    // Errors that fetch throws when the response is missing or incomplete.
    if (!(error instanceof TypeError)) throw error;
    return await get();
  }
}
