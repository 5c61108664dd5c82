import { isIPv6 } from 'node:net';

export interface Address {
  host: string;
  port: number;
}

/** As a URL has it: an IPv6 address in brackets (RFC 3986 section 3.2.2). */
export const httpUrl = ({ host, port }: Address): string => `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
