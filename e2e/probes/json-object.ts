/** The object that a text is in JSON; undefined for anything else, as a page of another server. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The number of keys in an answer with a JWK Set (RFC 7517 section 5); 0 for anything else. */
export function keysIn({ status, body }: { status: number; body: string }): number {
  const keys = status === 200 ? jsonObject(body)?.['keys'] : undefined;
  return Array.isArray(keys) ? keys.length : 0;
}
