import type { Socket } from 'node:net';
import type { Authority } from '../run/certificate-authority.ts';
import type { Tunnel } from './proxy-request.ts';
import { terminateTls } from './terminate-tls.ts';
import { defaultPort } from './routing.ts';
import { onTunnelFailure } from './tunnel.ts';
import type { TunnelEvents } from './tunnel.ts';

/** Placeholder for a host that the client did not name (RFC 2606 section 2: never a real host). */
const nameless = 'unnamed.invalid';

/**
 * Accepts a TLS connection whose client resolved the host name to the edge (a pod's /etc/hosts). The server name of the
 * handshake identifies the host.
 * @param pod name of the connecting pod; empty when unknown.
 */
export function intercept(socket: Socket, pod: string, authority: Authority, events: TunnelEvents): void {
  const clientAddress = socket.remoteAddress ?? '';
  const tunnel: Tunnel = {
    host: nameless,
    port: defaultPort.websecure,
    pod,
    clientAddress,
    entryPoint: 'websecure',
    requests: 0,
  };
  terminateTls(socket, nameless, authority, {
    onSecure: (secured, servername) => {
      if (servername) tunnel.host = servername;
      events.onOpen(secured, tunnel);
    },
    onFailed: onTunnelFailure(socket, tunnel, events),
  });
}
