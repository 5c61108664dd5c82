import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { callbackify } from 'node:util';
import type { Authority } from '../run/certificate-authority.ts';

export interface TlsEvents {
  /** The handshake is done. `servername`: which host the client named in it (RFC 6066 section 3), in lower case; empty for none. */
  onSecure: (secured: TLSSocket, servername: string) => void;
  /** No certificate can be made, what arrives is no TLS, or the connection breaks, also later. */
  onFailed: (error: NodeJS.ErrnoException) => void;
}

/**
 * Puts the edge's end of a TLS connection onto a socket.
 *
 * @param host whose certificate a client gets that names none.
 */
export function terminateTls(
  socket: Socket,
  host: string,
  authority: Authority,
  { onSecure, onFailed }: TlsEvents,
): void {
  const terminate = async (): Promise<void> => {
    const secureContext = await authority.contextFor(host);
    // The client may have left meanwhile, and there is nothing to put TLS onto.
    if (socket.destroyed) return;
    const secured = new TLSSocket(socket, {
      isServer: true,
      secureContext,
      SNICallback: callbackify(authority.contextFor),
      ALPNProtocols: ['http/1.1'],
    });
    secured.on('error', onFailed);
    secured.once('secure', () => {
      // On a server's side Node has it here, though its types do not.
      const { servername } = secured as { servername?: string | false };
      onSecure(secured, servername ? servername.toLowerCase() : '');
    });
  };
  terminate().catch(onFailed);
}
