import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { OpenRow } from './ledger.ts';

/** A client's side of a protocol switch (RFC 9110 section 7.8; WebSocket: RFC 6455 section 4). */
export interface Upgrade {
  socket: Duplex;
  /** Bytes that the client has already sent after the request's head. */
  head: Buffer;
}

/** Forwards the pod's 101 and joins the two connections. The row ends with them. */
export function joinUpgraded(client: Upgrade, pod: Upgrade & { reply: IncomingMessage }, open: OpenRow): void {
  client.socket.write(headOf(pod.reply));
  if (pod.head.length > 0) pod.socket.unshift(pod.head);
  if (client.head.length > 0) client.socket.unshift(client.head);
  pod.socket.on('error', (error: NodeJS.ErrnoException) => {
    open.row.error ||= error.code ?? 'UPSTREAM_ERROR';
  });
  client.socket.on('error', () => {
    open.row.error ||= 'CLIENT_ABORTED';
  });
  pod.socket.once('close', () => client.socket.destroy());
  client.socket.once('close', () => {
    pod.socket.destroy();
    open.end();
  });
  pod.socket.pipe(client.socket);
  client.socket.pipe(pod.socket);
}

function headOf(reply: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${reply.statusCode} ${reply.statusMessage}`];
  const raw = reply.rawHeaders;
  for (let index = 0; index < raw.length; index += 2) {
    if (!raw[index]?.toLowerCase().startsWith('x-edge-')) lines.push(`${raw[index]}: ${raw[index + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
