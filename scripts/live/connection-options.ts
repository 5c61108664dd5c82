import { InvalidArgumentError, type Command } from 'commander';
import type { ConnectTo, LiveAccess } from '../../fleet/engines/live/live.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { fromCallersFolder } from '../command/command-line.ts';

/** How a fleet is reached. */
export interface ConnectionOptions {
  proxy?: string;
  connectTo?: ConnectTo[];
  ca?: string;
  header?: Record<string, string>;
}

export const withConnectionOptions = (command: Command): Command =>
  command
    .option('--proxy <url>', 'reach the fleet through an HTTP proxy', parseProxy)
    .option('--connect-to <from:port:to:port>', 'connect there instead, as curl does (repeatable)', parseConnection)
    .option(
      '--ca <file>',
      'PEM file of an authority to trust as well; certificates are always verified',
      fromCallersFolder,
    )
    .option('--header <name: value>', 'send this with every request to the fleet (repeatable)', parseHeader);

/** @throws HarnessError for options that cannot be combined. */
export function accessBy({ proxy, connectTo, ca, header }: ConnectionOptions): LiveAccess {
  if (proxy && connectTo) {
    throw new HarnessError('--proxy and --connect-to do not go together: a proxy chooses the way itself. Use one.');
  }
  return { proxy, connectTo, caFile: ca, headers: header };
}

export function parseProxy(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'http:' && url.port) return url.href;
  throw new InvalidArgumentError('Give an http URL with a port, such as http://127.0.0.1:3128.');
}

/** `host:port:host:port`, as in curl. */
export function parseConnection(text: string, earlier: readonly ConnectTo[] = []): ConnectTo[] {
  const [, host = '', port, toHost = '', toPort] = /^([^:]+):(\d+):([^:]+):(\d+)$/.exec(text) ?? [];
  const isPort = (text = ''): boolean => Number(text) >= 1 && Number(text) <= 65_535;
  if (!host || !isPort(port) || !isPort(toPort))
    throw new InvalidArgumentError('Give host:port:host:port, such as operator.example.com:443:10.0.0.1:8443.');
  return [...earlier, { host, port: Number(port), toHost, toPort: Number(toPort) }];
}

/** `name: value`. */
export function parseHeader(text: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name = '', value = ''] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(text) ?? [];
  if (!name) throw new InvalidArgumentError('Give name: value.');
  // Node refuses others when the request is sent, as if the host did not answer.
  if (!/^[\t\x20-\x7E\x80-\xFF]*$/.test(value))
    throw new InvalidArgumentError('A header has only characters of Latin-1. Encode the others.');
  return { ...earlier, [name.toLowerCase()]: value };
}
