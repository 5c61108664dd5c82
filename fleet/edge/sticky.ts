import type { IncomingMessage } from 'node:http';
import { parseCookie } from 'cookie-es';

/** Traefik's default name: an underscore and a unique part. */
const cookie = '_edge_pod';

/** The pod in a client's sticky cookie; undefined for none. */
export const stickyPod = (cookies = ''): string | undefined => parseCookie(cookies)[cookie];

/** Sets the sticky cookie in the pod's response. */
export function setStickyCookie(pod: string, reply: IncomingMessage): void {
  reply.rawHeaders.push('Set-Cookie', `${cookie}=${pod}; Path=/`);
}
