import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { answer } from './answer.ts';
import type { ProxyRequest } from './proxy-request.ts';
import type { Backend } from './backends.ts';
import { clientHeaders, isChunked, trailersOf, upstreamHeaders } from './headers.ts';
import { schemeOf } from './routing.ts';
import type { OpenRow } from './ledger.ts';
import { joinUpgraded } from './upgrade.ts';
import type { Upgrade } from './upgrade.ts';

/** Session cookies are big, and it is the pod's limit that a test should meet, not the edge's. Bytes. */
export const maxHeaderSize = 512 * 1024;

/** One request that goes to a pod. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  proxyRequest: ProxyRequest;
  backend: Backend;
  open: OpenRow;
  /** Present when the client asks to switch protocols. */
  upgrade?: Upgrade;
  /** Called with the head of the pod's answer before any of it is passed on. */
  onReply: (reply: IncomingMessage) => void;
}

/**
 * Sends a request to its pod and streams the answer back. Nothing is ever tried twice: a retry would hide the very
 * fault that a rollout test looks for. A pod that cannot be reached, or that hangs up before it answers, is a 502 with
 * the code in `x-edge-error`; one that breaks off its answer breaks the client's connection too.
 */
export function forward(exchange: Exchange): void {
  const { request, response, open } = exchange;
  const upstream = sendUpstream(exchange);
  const fail = (error: NodeJS.ErrnoException): void => {
    const code = error.code ?? 'UPSTREAM_ERROR';
    if (response.destroyed) return;
    if (response.headersSent) return breakOff(exchange, code);
    request.unpipe(upstream);
    request.resume();
    refuse(exchange, code);
  };

  // Once the client has left, nobody is there to answer.
  response.once('close', () => {
    if (!response.writableFinished) upstream.destroy();
  });
  upstream.on('error', fail);
  upstream.on('information', ({ statusCode, rawHeaders }) => {
    if (statusCode === 100) response.writeContinue();
    else response.writeInformation(statusCode, pairs(rawHeaders));
  });
  upstream.on('response', (reply) => {
    try {
      streamReply(exchange, reply);
    } catch (error) {
      // node:http can read heads that it will not write; such a one must not end the edge.
      fail(error as NodeJS.ErrnoException);
      upstream.destroy();
    }
  });
  const { upgrade } = exchange;
  if (upgrade) {
    upstream.on('upgrade', (reply, socket: Duplex, head) => {
      recordHead(exchange, reply);
      response.detachSocket(upgrade.socket as never);
      joinUpgraded(upgrade, { reply, socket, head }, open);
    });
  }
}

function sendUpstream({ request, proxyRequest, backend, upgrade }: Exchange): ClientRequest {
  const headers = upstreamHeaders(request, {
    scheme: schemeOf[proxyRequest.entryPoint],
    authority: proxyRequest.authority,
    clientAddress: proxyRequest.clientAddress,
  });
  if (upgrade) headers.push('Connection', 'Upgrade', 'Upgrade', request.headers.upgrade ?? '');
  // A client that wants no kept connection gets a fresh one all the way, so that it meets a closed port.
  const isFresh = upgrade !== undefined || wantsClose(request);
  const send = backend.ca === undefined ? httpRequest : httpsRequest;
  const upstream = send({
    // As the client named it, so that the ingress shows the certificate of that host.
    ...(backend.ca === undefined ? {} : { ca: backend.ca, servername: proxyRequest.host }),
    host: backend.endpoint.host,
    port: backend.endpoint.port,
    method: proxyRequest.method,
    path: proxyRequest.target,
    headers,
    setHost: false,
    agent: isFresh ? false : backend.agent,
    maxHeaderSize,
  });
  if (!hasBody(request)) {
    upstream.end();
    return upstream;
  }
  // The head does not wait for a body that may be long in coming: the pod may want to refuse it unread.
  upstream.flushHeaders();
  request.once('end', () => {
    if (request.rawTrailers.length > 0) upstream.addTrailers(trailersOf(request));
  });
  request.pipe(upstream);
  return upstream;
}

function streamReply(exchange: Exchange, reply: IncomingMessage): void {
  const { request, response } = exchange;
  recordHead(exchange, reply);
  const bodyIsChunked = isChunked(reply) && request.httpVersionMinor > 0 && request.method !== 'HEAD';
  reply.on('error', (error: NodeJS.ErrnoException) => breakOff(exchange, error.code ?? 'UPSTREAM_ERROR'));
  response.writeHead(reply.statusCode ?? 502, reply.statusMessage ?? '', clientHeaders(reply, bodyIsChunked));
  reply.once('end', () => {
    if (reply.rawTrailers.length > 0) response.addTrailers(trailersOf(reply));
  });
  reply.pipe(response);
  // A stream's first event may be long in coming; its head must not wait for it.
  setImmediate(() => {
    if (!response.writableEnded) response.flushHeaders();
  });
}

function recordHead({ open, onReply }: Exchange, reply: IncomingMessage): void {
  const { row } = open;
  row.status = reply.statusCode ?? 0;
  row.servedBy = headerOf(reply, 'x-served-by');
  row.revision = headerOf(reply, 'x-revision');
  onReply(reply);
}

function refuse({ response, proxyRequest, backend, open }: Exchange, code: string): void {
  const { pod, host, port } = backend.endpoint;
  open.row.status = 502;
  open.row.error = code;
  answer(response, {
    status: 502,
    error: code,
    text: `The edge got no answer from ${pod} at ${host}:${port} for ${proxyRequest.method} ${proxyRequest.url}: ${code}.`,
  });
}

function breakOff({ response, open }: Exchange, code: string): void {
  // After the last byte went out, or once the client left, there is nothing to break.
  if (response.writableEnded || response.destroyed) return;
  open.row.error = code;
  response.destroy();
}

const hasBody = (request: IncomingMessage): boolean =>
  isChunked(request) || Number(request.headers['content-length'] ?? 0) > 0;

const wantsClose = (request: IncomingMessage): boolean => /\bclose\b/i.test(request.headers.connection ?? '');

function headerOf(message: IncomingMessage, name: string): string {
  const value = message.headers[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
}

function pairs(raw: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (let index = 0; index < raw.length; index += 2) (headers[raw[index] ?? ''] ??= []).push(raw[index + 1] ?? '');
  return headers;
}
