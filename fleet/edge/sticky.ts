import type { IncomingMessage } from 'node:http';

/** Named as Traefik does by default: an underscore and a unique part. */
const cookie = '_edge_pod';

/** The pod in a client's sticky cookie; undefined for none. */
export const stickyPod = (cookies: string | undefined): string | undefined =>
  cookies
    ?.split(';')
    .map((pair) => pair.trim().split('='))
    .find(([name]) => name === cookie)?.[1];

/** Sets the sticky cookie in the pod's response. */
export function setStickyCookie(pod: string, reply: IncomingMessage): void {
  reply.rawHeaders.push('Set-Cookie', `${cookie}=${pod}; Path=/`);
}
