import type { IncomingMessage } from 'node:http';

/** As Traefik names it by default: an underscore and something that nobody else uses. */
const cookie = '_edge_pod';

/** The pod that a client's cookie keeps it on; undefined for none. */
export const stickyPod = (cookies: string | undefined): string | undefined =>
  cookies
    ?.split(';')
    .map((pair) => pair.trim().split('='))
    .find(([name]) => name === cookie)?.[1];

/** Lets the answer keep its client on the pod that gave it. */
export function setStickyCookie(pod: string, reply: IncomingMessage): void {
  reply.rawHeaders.push('Set-Cookie', `${cookie}=${pod}; Path=/`);
}
