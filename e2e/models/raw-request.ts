import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { AppName } from '../../apps/environment/apps.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { deadline } from '../deadline.ts';

export interface RawRequest {
  method?: string;
  /** The request target as sent (RFC 9112 section 3.2), not normalized. */
  target: string;
  headers?: Readonly<Record<string, string>>;
}

export interface RawAnswer {
  /** Undefined: no response in time. */
  status: number | undefined;
  text: string;
  /** Whether the server ended the connection. */
  ended: boolean;
}

/** Milliseconds for a response and for the end of its connection. */
const timeout = deadline(5000);

/**
 * Sends one request to an app through its Service, without the edge and without a client that would correct the target
 * or the length. Resolves with the received data when the server ends the connection, or at the timeout.
 */
export async function rawRequest(fleet: Fleet, app: AppName, request: RawRequest): Promise<RawAnswer> {
  const { method = 'GET', target, headers = {} } = request;
  const socket = connect(await fleet.reach(app, 80));
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => {});
  await once(socket, 'connect');
  // Not by `once()`, which rejects when the server resets the connection.
  const ended = new Promise<true>((resolve) => socket.on('close', () => resolve(true)));
  const lines = {
    host: fleet.hosts[app],
    'x-forwarded-proto': 'https',
    accept: 'application/json',
    connection: 'close',
    ...headers,
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`${method} ${target} HTTP/1.1\r\n${head.join('')}\r\n`);
  const hasEnded = await Promise.race([ended, delay(timeout, false)]);
  socket.destroy();
  return { ...parse(Buffer.concat(chunks).toString('latin1')), ended: hasEnded };
}

const parse = (message: string): Omit<RawAnswer, 'ended'> => {
  const [head = '', ...rest] = message.split('\r\n\r\n');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  return { status: status === undefined ? undefined : Number(status), text: rest.join('\r\n\r\n') };
};
