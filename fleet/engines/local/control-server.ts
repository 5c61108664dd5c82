import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { HarnessError, ReportedError } from '../../errors.ts';
import { asHarnessError } from '../../run/file-system-fault.ts';
import type { Calls, ErrorBody } from './protocol.ts';

export type Handlers = {
  [Name in keyof Calls]: (request: Calls[Name]['request']) => Promise<Calls[Name]['answer']> | Calls[Name]['answer'];
};

/**
 * The control API. An answer comes when the work is done, so a rollout's request stays open as long as it takes.
 * @param onError hears of faults that are no HarnessError.
 */
export function controlServer(token: string, handlers: Handlers, onError: (error: unknown) => void): Server {
  const server = createServer((request, response) => {
    void answer(request, response, token, handlers, onError);
  });
  server.keepAliveTimeout = 1_000;
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  handlers: Handlers,
  onError: (error: unknown) => void,
): Promise<void> {
  if (!authorized(request.headers.authorization, token)) {
    reply(response, 401, failure(new HarnessError("The bearer token is not the one in the run's state.json.")));
    return;
  }
  const name = request.url?.slice(1) ?? '';
  if (request.method !== 'POST' || !isCall(handlers, name)) {
    reply(response, 404, failure(new HarnessError(`There is no ${request.method} /${name} in the control API.`)));
    return;
  }
  try {
    const handler = handlers[name] as (body: unknown) => unknown;
    reply(response, 200, await handler(await readJson(request)));
  } catch (error) {
    if (!(error instanceof ReportedError)) onError(error);
    reply(response, 500, failure(error));
  }
}

const isCall = (handlers: Handlers, name: string): name is keyof Handlers => Object.hasOwn(handlers, name);

function authorized(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString() || '{}');
  } catch (cause) {
    throw new HarnessError('The body of the control request is not JSON.', { cause });
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** An error as the supervisor sends it to the caller. */
export function failure(thrown: unknown): ErrorBody {
  const error = asHarnessError(thrown);
  if (error instanceof ReportedError) return { message: error.message, exitCode: error.exitCode };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), exitCode: 2 };
}
