/** What of a fleet a request may need. */
export type Part = 'store reads' | 'store writes' | 'token endpoint' | 'key set' | 'platform-api';

/** What a user, or Authentik, gets from an app, in words: `503 store-unavailable`. Those of a matrix are in its table. */
export type Seen = string;

/** Responses of the edge or the ingress in place of an app's. */
export const withoutPod: readonly Seen[] = ['502 of the edge', '503 of the edge', 'no response'];
