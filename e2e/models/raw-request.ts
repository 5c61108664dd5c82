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

/** Other ways to write `/folder/…/name` that some router, proxy or browser treats as the same path. */
export const spellings: Readonly<Record<string, (path: string) => string>> = {
  'a slash at the end': (path) => `${path}/`,
  'two slashes at the end': (path) => `${path}//`,
  'two slashes at the start': (path) => `/${path}`,
  'two slashes before the name': (path) => beforeName(path, '//'),
  'an encoded letter': (path) => path.slice(0, -1) + encoded(path.slice(-1)),
  'an encoded slash': (path) => beforeName(path, '%2f'),
  'an encoded slash at the end': (path) => `${path}%2F`,
  'a dot segment': (path) => beforeName(path, '/./'),
  'a parent segment': (path) => beforeName(path, '/x/../'),
  'an encoded parent segment': (path) => beforeName(path, '/x/%2e%2e/'),
  'a dot at the end': (path) => `${path}.`,
  capitals: (path) => path.toUpperCase(),
  'a fragment': (path) => `${path}#.js`,
  'an encoded fragment': (path) => `${path}%23.js`,
  'an encoded question mark': (path) => `${path}%3Fa.js`,
  'a backslash': (path) => beforeName(path, '\\'),
  'a path parameter': (path) => `${path};a=b`,
  'a null byte': (path) => `${path}%00`,
  'the absolute form': (path) => `http://other.invalid${path}`,
};

const beforeName = (path: string, separator: string): string => path.replace(/\/(?=[^/]*$)/, () => separator);

const encoded = (character: string): string => `%${character.charCodeAt(0).toString(16)}`;
