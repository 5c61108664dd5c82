import type { H3Event } from 'h3';

/** The path of a request, without its query. */
export const requestPath = (event: H3Event): string => event.path.split('?', 1)[0]!;
