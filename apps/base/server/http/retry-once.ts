/**
 * Sends a safe request, and retries it once when its connection breaks: a server that shuts down closes its idle
 * connections, also when a request is just being sent (RFC 9110 section 9.2.2, RFC 9112 section 9.3.1). A timeout is
 * not a broken connection.
 */
export async function retryOnce<Answer>(get: () => Promise<Answer>): Promise<Answer> {
  try {
    return await get();
  } catch (error) {
    // Errors of fetch without a complete response.
    if (!(error instanceof TypeError)) throw error;
    return await get();
  }
}
