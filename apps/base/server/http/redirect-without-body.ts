import { setResponseHeader, setResponseStatus, type H3Event } from 'h3';

/**
 * A redirect to a URL that contains a token. h3's `sendRedirect` would repeat the URL in the body, and bodies are
 * stored in more places than headers.
 */
export const redirectWithoutBody = (event: H3Event, location: string, status: number): string => {
  setResponseStatus(event, status);
  setResponseHeader(event, 'location', location);
  return '';
};
