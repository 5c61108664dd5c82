/**
 * Does a request that changes nothing, and once more when its connection breaks: a server that ends closes the
 * connections that it keeps, also under a request that is just on its way (RFC 9110 section 9.2.2, RFC 9112 section 9.3.1).
 * A deadline that is over is no broken connection.
 */
export async function retryOnce<Answer>(get: () => Promise<Answer>): Promise<Answer> {
  try {
    return await get();
  } catch (error) {
    // What fetch throws when there is no answer, or no whole one.
    if (!(error instanceof TypeError)) throw error;
    return await get();
  }
}
