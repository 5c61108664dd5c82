import { isIPv6 } from 'node:net';

export interface Address {
  host: string;
  port: number;
}

/** The host of a URL: an IPv6 address in brackets (RFC 3986 section 3.2.2). */
export const addressUrl = ({ host, port }: Address): string => `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
