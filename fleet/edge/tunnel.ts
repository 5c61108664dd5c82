import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Authority } from '../run/certificate-authority.ts';
import { parseConnectTarget, proxyUser } from './proxy-request.ts';
import type { Tunnel } from './proxy-request.ts';
import { terminateTls } from './terminate-tls.ts';

export interface TunnelEvents {
  /** From here on the tunnel carries requests. If it uses TLS, the handshake is done. */
  onOpen: (socket: Socket, tunnel: Tunnel) => void;
  /** The client's connection has ended. `error`: why it failed; empty when it did not fail. */
  onClose: (tunnel: Tunnel, error: string) => void;
}

/** First byte of a TLS record that carries a ClientHello (RFC 8446 section 5.1: handshake = 22). */
const tlsHandshake = 22;

/**
 * Responds to a CONNECT and terminates the tunnel here. The first byte shows whether it carries TLS or plain http,
 * since clients tunnel both (undici tunnels `http://` as well, and `ws://` is always tunnelled).
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
  const onFailed = onTunnelFailure(socket, tunnel, events);
  socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');

  firstBytes(socket, (bytes) => {
    socket.unshift(bytes);
    if (bytes[0] !== tlsHandshake) return events.onOpen(socket, tunnel);
    tunnel.entryPoint = 'websecure';
    terminateTls(socket, tunnel.host, authority, { onSecure: (secured) => events.onOpen(secured, tunnel), onFailed });
  });
}

/**
 * Reports the end of the client's connection. @returns a function that ends it with an error; only the first error is
 * reported.
 */
export function onTunnelFailure(
  socket: Socket,
  tunnel: Tunnel,
  events: TunnelEvents,
): (cause: NodeJS.ErrnoException) => void {
  let error = '';
  const onFailed = (cause: NodeJS.ErrnoException): void => {
    error ||= cause.code ?? 'TLS_ERROR';
    socket.destroy();
  };
  socket.on('error', onFailed);
  socket.once('close', () => events.onClose(tunnel, error));
  return onFailed;
}

/** Calls back with the first bytes; never when the client leaves before it sends any. */
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
