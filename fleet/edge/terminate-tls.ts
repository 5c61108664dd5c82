import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { callbackify } from 'node:util';
import type { Authority } from '../run/certificate-authority.ts';

export interface TlsEvents {
  /**
   * The handshake is done. `servername`: the host that the client named (RFC 6066 section 3), in lower case; empty for
   * none.
   */
  onSecure: (secured: TLSSocket, servername: string) => void;
  /** No certificate can be created, the data is not TLS, or the connection breaks, also after the handshake. */
  onFailed: (error: NodeJS.ErrnoException) => void;
}

/**
 * Terminates TLS on a socket.
 *
 * @param host the host to use for the certificate when the client sends no server name.
 */
export function terminateTls(
  socket: Socket,
  host: string,
  authority: Authority,
  { onSecure, onFailed }: TlsEvents,
): void {
  const terminate = async (): Promise<void> => {
    const secureContext = await authority.contextFor(host);
    // The client may have left in the meantime.
    if (socket.destroyed) return;
    const secured = new TLSSocket(socket, {
      isServer: true,
      secureContext,
      SNICallback: callbackify(authority.contextFor),
      ALPNProtocols: ['http/1.1'],
    });
    secured.on('error', onFailed);
    secured.once('secure', () => {
      // Node sets it on the server side, but its types do not declare it.
      const { servername } = secured as { servername?: string | false };
      onSecure(secured, servername ? servername.toLowerCase() : '');
    });
  };
  terminate().catch(onFailed);
}
