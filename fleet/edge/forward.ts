import { request as httpRequest, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { finished } from 'node:stream';
import { respond } from './edge-response.ts';
import type { ProxyRequest } from './proxy-request.ts';
import type { Backend } from './backends.ts';
import { endToEnd, headerOf, isChunked, upstreamHeaders } from './headers.ts';
import { schemeOf } from './routing.ts';
import type { OpenRow } from './ledger.ts';
import { redactUrl } from './redact.ts';

/** Bytes. Session cookies are large, and tests must reach the pod's limit, not the edge's. */
export const maxHeaderSize = 512 * 1024;

export interface ProxiedExchange {
  request: IncomingMessage;
  response: ServerResponse;
  proxyRequest: ProxyRequest;
  backend: Backend;
  open: OpenRow;
  /** Called with the head of the pod's response before any of it is forwarded. */
  onReply: (reply: IncomingMessage) => void;
}

/**
 * Sends a request to its pod and streams the response back. It never retries: a retry would hide the fault that a
 * rollout test looks for. When the pod cannot be reached, or closes the connection before it responds, the response is
 * a 502 with the code in `x-edge-error`. When the pod aborts its response, the edge closes the client's connection.
 */
export function forward(exchange: ProxiedExchange): void {
  const { request, response } = exchange;
  const upstream = sendUpstream(exchange);
  const fail = (error: NodeJS.ErrnoException): void => {
    const code = error.code ?? 'UPSTREAM_ERROR';
    if (response.destroyed) return;
    if (response.headersSent) return breakOff(exchange, code);
    request.unpipe(upstream);
    request.resume();
    refuse(exchange, code);
  };

  // After the client has left, a response cannot be delivered.
  response.once('close', () => {
    if (!response.writableFinished) upstream.destroy();
  });
  upstream.on('error', fail);
  upstream.on('continue', () => response.writeContinue());
  upstream.on('response', (reply) => {
    // After the whole response, the rest of the request's body does not matter.
    reply.once('end', () => upstream.off('error', fail).on('error', () => undefined));
    try {
      streamReply(exchange, reply);
    } catch (error) {
      // node:http accepts response heads that it refuses to write. Such a response must not crash the edge.
      fail(error as NodeJS.ErrnoException);
      upstream.destroy();
    }
  });
}

function sendUpstream({ request, proxyRequest, backend }: ProxiedExchange): ClientRequest {
  const headers = upstreamHeaders(request, {
    scheme: schemeOf[proxyRequest.entryPoint],
    authority: proxyRequest.authority,
    clientAddress: proxyRequest.clientAddress,
  });
  // For a client that sends `Connection: close` the edge also opens a new connection to the pod. The client then
  // notices a closed port.
  const { tls } = backend;
  const send = tls ? httpsRequest : httpRequest;
  const upstream = send({
    // An ingress selects its certificate by the host as the client sent it.
    ...(tls && { servername: proxyRequest.host, ...tls }),
    host: backend.endpoint.host,
    port: backend.endpoint.port,
    method: proxyRequest.method,
    path: proxyRequest.target,
    headers,
    setHost: false,
    agent: wantsClose(request) ? false : backend.agent,
    maxHeaderSize,
  });
  if (!hasBody(request)) {
    upstream.end();
    return upstream;
  }
  // Sends the head before the body arrives: the pod may reject the request without reading the body.
  upstream.flushHeaders();
  request.pipe(upstream);
  // A client whose pod reads no more can finish its body, and then reads the response.
  upstream.once('close', () => request.resume());
  return upstream;
}

function streamReply(exchange: ProxiedExchange, reply: IncomingMessage): void {
  const { request, response } = exchange;
  recordHead(exchange, reply);
  reply.on('error', (error: NodeJS.ErrnoException) => breakOff(exchange, error.code ?? 'UPSTREAM_ERROR'));
  response.writeHead(reply.statusCode ?? 502, reply.statusMessage ?? '', endToEnd(reply));
  reply.pipe(response, { end: false });
  reply.once('end', () => {
    // After the response Node closes the connection when the client wants that, even while it sends.
    if (wantsClose(request) && !request.complete) finished(request, () => response.end());
    else response.end();
  });
  // Sends the head before the first event of a stream arrives.
  setImmediate(() => {
    if (!response.writableEnded) response.flushHeaders();
  });
}

function recordHead({ open, onReply }: ProxiedExchange, reply: IncomingMessage): void {
  const { row } = open;
  row.status = reply.statusCode ?? 0;
  row.servedBy = headerOf(reply, 'x-served-by');
  row.revision = headerOf(reply, 'x-revision');
  row.reason = headerOf(reply, 'x-session-reason');
  row.requestId = headerOf(reply, 'x-request-id');
  row.location = redactUrl(headerOf(reply, 'location'));
  onReply(reply);
}

function refuse({ response, proxyRequest, backend, open }: ProxiedExchange, code: string): void {
  const { pod, host, port } = backend.endpoint;
  open.row.status = 502;
  open.row.error = code;
  respond(response, {
    status: 502,
    error: code,
    text: `The edge got no answer from ${pod} at ${host}:${port} for ${proxyRequest.method} ${proxyRequest.url}: ${code}.`,
  });
}

function breakOff({ response, open }: ProxiedExchange, code: string): void {
  // After the last byte was sent, or the client has left, there is nothing to abort.
  if (response.writableEnded || response.destroyed) return;
  open.row.error = code;
  response.destroy();
}

const hasBody = (request: IncomingMessage): boolean =>
  isChunked(request) || Number(request.headers['content-length'] ?? 0) > 0;

const wantsClose = (request: IncomingMessage): boolean => /\bclose\b/i.test(request.headers.connection ?? '');
