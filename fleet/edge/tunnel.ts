import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { callbackify } from 'node:util';
import type { Authority } from '../run/certificate-authority.ts';
import { nameless, parseConnectTarget, proxyUser, type Tunnel } from './proxy-request.ts';
import { defaultPort } from './routing.ts';

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
 * since clients tunnel both (undici tunnels `http://` as well).
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
  serve(socket, tunnel, authority, events);
  socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
}

/** Serves what the client speaks, TLS or plain http. */
function serve(socket: Socket, tunnel: Tunnel, authority: Authority, events: TunnelEvents): void {
  const onFailed = onTunnelFailure(socket, tunnel, events);
  firstBytes(socket, (bytes) => {
    socket.unshift(bytes);
    if (bytes[0] !== tlsHandshake) return events.onOpen(socket, tunnel);
    tunnel.entryPoint = 'websecure';
    if (tunnel.host === nameless) tunnel.port = defaultPort.websecure;
    terminateTls(socket, tunnel, authority, events.onOpen, onFailed);
  });
}

/**
 * Accepts a connection whose client resolved the host name to the edge (a pod's /etc/hosts). The server name of the TLS
 * handshake identifies the host, or `Host` in plain http.
 * @param pod name of the connecting pod; empty when unknown.
 */
export function intercept(socket: Socket, pod: string, authority: Authority, events: TunnelEvents): void {
  const clientAddress = socket.remoteAddress ?? '';
  const tunnel: Tunnel = { host: nameless, port: defaultPort.web, pod, clientAddress, entryPoint: 'web', requests: 0 };
  serve(socket, tunnel, authority, events);
}

/**
 * Reports the end of the client's connection. @returns a function that ends it with an error; only the first error is
 * reported.
 */
function onTunnelFailure(socket: Socket, tunnel: Tunnel, events: TunnelEvents): (cause: NodeJS.ErrnoException) => void {
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

/**
 * Terminates TLS on a socket. The certificate is for the server name that the client sends (RFC 6066 section 3), or for
 * the tunnel's host without one.
 * @param onOpen called when the handshake is done.
 * @param onFailed no certificate can be created, the data is not TLS, or the connection breaks, also after the handshake.
 */
function terminateTls(
  socket: Socket,
  tunnel: Tunnel,
  authority: Authority,
  onOpen: TunnelEvents['onOpen'],
  onFailed: (error: NodeJS.ErrnoException) => void,
): void {
  const terminate = async (): Promise<void> => {
    const secureContext = await authority.contextFor(tunnel.host);
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
      if (tunnel.host === nameless && servername) tunnel.host = servername.toLowerCase();
      onOpen(secured, tunnel);
    });
  };
  terminate().catch(onFailed);
}
