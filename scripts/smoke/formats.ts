import { InvalidArgumentError } from 'commander';
import type { ConnectTo } from '../../fleet/engines/live/live.ts';

/** An origin: scheme and host, as in the apps' own settings. */
export function parseOrigin(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:')
    throw new InvalidArgumentError('Give an https URL, such as https://operator.example.com.');
  if (url.pathname !== '/' || url.search || url.hash || url.username) {
    throw new InvalidArgumentError('Give scheme and host alone, such as https://operator.example.com.');
  }
  return url.origin;
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

export const parseNumber =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least) {
      throw new InvalidArgumentError(`Give a whole number from ${least}.`);
    }
    return value;
  };

/** The most seconds that a timer of Node can wait, rounded down. */
const mostSeconds = 2_000_000;

/** A whole number of seconds. */
export const parseSeconds =
  (least: number) =>
  (text: string): number => {
    const value = parseNumber(least)(text);
    if (value > mostSeconds) throw new InvalidArgumentError(`Give at most ${mostSeconds} seconds.`);
    return value;
  };
