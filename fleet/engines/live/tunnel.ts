import { request } from 'node:http';
import type { Socket } from 'node:net';
import { refusedByProxy } from './unreachable.ts';

/** Sends plain http through a proxy, with the whole URL as the request target (RFC 9112 section 3.2.2). */
export function throughProxy(
  proxy: string,
  { href }: URL,
): { host: string; port: string; path: string; headers: Record<string, string> } {
  const { hostname: host, port } = new URL(proxy);
  return { host, port, path: href, headers: credentialsOf(proxy) };
}

/**
 * A connection through a proxy (CONNECT, RFC 9110 section 9.3.6). Node's own proxy support waits forever for a tunnel
 * that the proxy never opens.
 * @param proxy `http://[user:password@]host:port`.
 * @param authority `host:port` at the other end of the tunnel.
 * @throws the system's error, or one with the code `ERR_PROXY_TUNNEL` when the proxy refuses or the signal aborts
 *   first.
 */
export function tunnelThrough(proxy: string, authority: string, signal: AbortSignal): Promise<Socket> {
  const { hostname: host, port } = new URL(proxy);
  const noTunnel = (why: string) => Object.assign(new Error(why), { code: refusedByProxy });
  return new Promise((resolve, reject) => {
    const headers = { host: authority, ...credentialsOf(proxy) };
    const connect = request({ method: 'CONNECT', host, port, path: authority, agent: false, headers, signal });
    connect.once('error', (error) =>
      reject(signal.aborted ? noTunnel(`it opened no tunnel to ${authority} in time`) : error),
    );
    connect.once('connect', ({ statusCode, statusMessage }, socket: Socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      return reject(noTunnel(`it answers ${statusCode} ${statusMessage}`));
    });
    connect.end();
  });
}

function credentialsOf(proxy: string): Record<string, string> {
  const { username, password } = new URL(proxy);
  if (username === '') return {};
  const user = [username, password].map(decodeURIComponent).join(':');
  return { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` };
}
