import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { callbackify } from 'node:util';
import { parseConnectTarget, proxyUser } from './asked.ts';
import type { Tunnel } from './asked.ts';
import type { Authority } from './certificate-authority.ts';

export interface TunnelEvents {
  /** The tunnel carries requests from here on; TLS, if any, is up. */
  onOpen: (socket: Socket, tunnel: Tunnel) => void;
  /** The client's connection has ended. `error`: why it came to nothing; empty when it was well. */
  onClose: (tunnel: Tunnel, error: string) => void;
}

/** First byte of a TLS record that carries a ClientHello (RFC 8446 section 5.1: handshake = 22). */
const tlsHandshake = 22;

/**
 * Answers a CONNECT and ends the tunnel here. Whether it carries TLS or plain http is told by its first byte, since
 * clients tunnel both (undici tunnels `http://` as well, and `ws://` is always tunnelled).
 */
export function openTunnel(request: IncomingMessage, socket: Socket, authority: Authority, events: TunnelEvents): void {
  const target = parseConnectTarget(request.url ?? '');
  if (!target) {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    return;
  }
  const clientAddress = socket.remoteAddress ?? '';
  const tunnel: Tunnel = { ...target, pod: proxyUser(request), clientAddress, entryPoint: 'web', requests: 0 };
  let error = '';
  const failed = (cause: NodeJS.ErrnoException): void => {
    error ||= cause.code ?? 'TLS_ERROR';
    socket.destroy();
  };
  socket.on('error', failed);
  socket.once('close', () => events.onClose(tunnel, error));
  socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');

  firstBytes(socket, (bytes) => {
    socket.unshift(bytes);
    if (bytes[0] !== tlsHandshake) return events.onOpen(socket, tunnel);
    tunnel.entryPoint = 'websecure';
    secure(socket, tunnel, authority, events, failed).catch(failed);
  });
}

/** Puts the edge's end of a TLS connection onto a tunnel. Rejects when no certificate can be made for its host. */
async function secure(
  socket: Socket,
  tunnel: Tunnel,
  authority: Authority,
  events: TunnelEvents,
  failed: (cause: NodeJS.ErrnoException) => void,
): Promise<void> {
  // For a client that names no server (an IP address, RFC 6066 section 3): the tunnel's target.
  const secureContext = await authority.contextFor(tunnel.host);
  // The client may have left meanwhile, and there is nothing to put TLS onto.
  if (socket.destroyed) return;
  const secured = new TLSSocket(socket, {
    isServer: true,
    secureContext,
    SNICallback: callbackify(authority.contextFor),
    ALPNProtocols: ['http/1.1'],
  });
  secured.on('error', failed);
  secured.once('secure', () => events.onOpen(secured, tunnel));
}

/** Calls back with what arrives first; never when the client leaves before it sends anything. */
function firstBytes(socket: Socket, callback: (bytes: Buffer) => void): void {
  const read = (): void => {
    const bytes = socket.read() as Buffer | null;
    if (bytes === null) return;
    socket.off('readable', read);
    callback(bytes);
  };
  socket.on('readable', read);
  socket.once('end', () => socket.end());
}
