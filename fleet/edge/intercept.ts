import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { callbackify } from 'node:util';
import type { Tunnel } from './asked.ts';
import type { Authority } from './certificate-authority.ts';
import { defaultPort } from './routing.ts';
import type { TunnelEvents } from './tunnel.ts';

/** Stands for the host that a client did not name (RFC 2606 section 2: never a real one). */
const nameless = 'unnamed.invalid';

/**
 * Takes a TLS connection that its client believes to be one to the host itself, because the name leads to the edge (a
 * pod's /etc/hosts). The server name of the handshake (RFC 6066 section 3) says which host was meant.
 * @param pod name of the pod that connects; empty when it is not known.
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
  let error = '';
  const failed = (cause: NodeJS.ErrnoException): void => {
    error ||= cause.code ?? 'TLS_ERROR';
    socket.destroy();
  };
  socket.on('error', failed);
  socket.once('close', () => events.onClose(tunnel, error));
  const open = async (): Promise<void> => {
    const secureContext = await authority.contextFor(nameless);
    if (socket.destroyed) return;
    const secured = new TLSSocket(socket, {
      isServer: true,
      secureContext,
      SNICallback: callbackify(authority.contextFor),
      ALPNProtocols: ['http/1.1'],
    });
    secured.on('error', failed);
    secured.once('secure', () => {
      // On a server's side Node has it here, though its types do not.
      const { servername } = secured as { servername?: string | false };
      if (servername) tunnel.host = servername.toLowerCase();
      events.onOpen(secured, tunnel);
    });
  };
  open().catch(failed);
}
