/** An id that a proxy or another app may have set. Any other value could contain anything, and would reach the log. */
const wellFormed = /^[\w.-]{8,64}$/;

/** The id of a request: its `x-request-id` when that is well-formed, otherwise a new one. */
export const requestIdOf = (header: string | readonly string[] | undefined): string =>
  typeof header === 'string' && wellFormed.test(header) ? header : crypto.randomUUID();
