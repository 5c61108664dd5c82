import { createHash, timingSafeEqual } from 'node:crypto';
import { HTTPError, type H3Event } from 'h3';

/** Address of a control plane of the run, and the token it requires. */
export interface ControlAccess {
  controlUrl: string;
  controlToken: string;
}

/**
 * Requires `Authorization: Bearer <token>` (RFC 6750, section 2.1) on every path except `/health`, because a kubelet's
 * probe has no token. A web page that reaches the port, for example by DNS rebinding, has no token either.
 * @param owner the component that the token belongs to, for the message.
 * @param name what the owner calls the token, for the message.
 * @throws HTTPError 401.
 */
export const requireToken =
  (owner: string, token: string, name = 'CONTROL_TOKEN') =>
  (event: H3Event): void => {
    if (event.url.pathname === '/health') return;
    const given = event.req.headers.get('authorization') ?? '';
    // timingSafeEqual needs inputs of equal length; digests have one length.
    if (timingSafeEqual(digest(given), digest(`Bearer ${token}`))) return;
    throw new HTTPError({
      status: 401,
      message:
        `${event.req.method} ${event.url.pathname}: the bearer token is missing or wrong. ` +
        `Send ${owner}'s ${name} as Authorization: Bearer.`,
    });
  };

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
