import type { ServerResponse } from 'node:http';

/** A response that the edge generates itself. */
export interface Answer {
  status: number;
  /** The cause and where to look, for a reader. */
  text: string;
  /** Sent as `x-edge-error`, so that a client can tell the edge's response from the product's. */
  error?: string;
  location?: string;
}

export function answer(response: ServerResponse, { status, text, error, location }: Answer): void {
  const body = `${text}\n`;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(error ? { 'x-edge-error': error } : {}),
    ...(location ? { location } : {}),
  });
  response.end(body);
}
