/** What of a fleet a request may need. */
export type Part = 'store reads' | 'store writes' | 'token endpoint' | 'key set' | 'platform-api';

/** What a user, or Authentik, gets from an app, in words: `503 store-unavailable`. Those of a matrix are in its table. */
export type Seen = string;

/** Responses of the ingress in place of an app's: Traefik answers 504 or 404 where the edge answers 502 or 503. */
export const withoutPod: readonly Seen[] = [
  ...[404, 502, 503, 504].map((status) => `${status} of the ingress`),
  'no response',
];
