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
  if (!host)
    throw new InvalidArgumentError('Give host:port:host:port, such as operator.example.com:443:10.0.0.1:8443.');
  return [...earlier, { host, port: Number(port), toHost, toPort: Number(toPort) }];
}

/** `name: value`. */
export function parseHeader(text: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name = '', value = ''] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(text) ?? [];
  if (!name) throw new InvalidArgumentError('Give name: value.');
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
