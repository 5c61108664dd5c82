import { createHash, timingSafeEqual } from 'node:crypto';
import { HTTPError } from 'h3';
import type { H3Event } from 'h3';

/** Where a control plane of the run listens, and the token that it demands. */
export interface ControlPlane {
  controlUrl: string;
  controlToken: string;
}

/**
 * Demands `Authorization: Bearer <token>` (RFC 6750, section 2.1) of everything but `/health`: a kubelet's probe carries
 * none. A page in a browser that reaches the port, also under a name that it rebinds, has no token either.
 * @param owner whose CONTROL_TOKEN it is, for the message.
 * @throws HTTPError 401.
 */
export const demandToken =
  (owner: string, token: string) =>
  (event: H3Event): void => {
    if (event.url.pathname === '/health') return;
    const given = event.req.headers.get('authorization') ?? '';
    // Digests have one length, which timingSafeEqual asks for.
    if (timingSafeEqual(digest(given), digest(`Bearer ${token}`))) return;
    throw new HTTPError({
      status: 401,
      message:
        `${event.req.method} ${event.url.pathname}: the bearer token is missing or wrong. ` +
        `Send ${owner}'s CONTROL_TOKEN as Authorization: Bearer.`,
    });
  };

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
