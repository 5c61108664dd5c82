import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { H3, HTTPError, readBody } from 'h3';
import { toNodeHandler } from 'h3/node';
import { z } from 'zod';
import { requireToken } from '../../control-token.ts';
import { HarnessError, ReportedError } from '../../errors.ts';
import { asHarnessError } from '../../run/file-system-fault.ts';
import { callNames, schemas } from './protocol.ts';
import type { Answers, Bodies, CallName, ErrorBody } from './protocol.ts';

export type Handlers = {
  [Name in CallName]: (body: Bodies[Name]) => Promise<Answers[Name]> | Answers[Name];
};

/**
 * The control API. A response is sent when the work is done, so a rollout's request stays open until the rollout ends.
 * @param onFault called with errors that are not a ReportedError.
 */
export function controlServer(token: string, handlers: Handlers, onFault: (error: unknown) => void): Server {
  const server = createServer(toNodeHandler(controlApp(token, handlers, onFault)));
  server.keepAliveTimeout = 1_000;
  return server;
}

function controlApp(token: string, handlers: Handlers, onFault: (error: unknown) => void): H3 {
  const app = new H3({
    silent: true,
    onError: ({ unhandled, cause, message, status }) => {
      const error = unhandled ? cause : new HarnessError(message);
      if (!(error instanceof ReportedError)) onFault(error);
      return Response.json(failure(error), { status });
    },
  });
  app.use(requireToken('the supervisor', token, 'control.token of state.json'));
  const route = <Name extends CallName>(name: Name): void => {
    app.post(`/${name}`, async (event) => {
      const body = schemas[name].safeParse(await readBody(event));
      if (body.success) return (await handlers[name](body.data)) ?? null;
      const faults = z.prettifyError(body.error);
      throw new HTTPError({ status: 400, message: `POST /${name} does not take this body: ${faults}` });
    });
  };
  for (const name of callNames) route(name);
  app.all('/**', ({ req, url }) => {
    throw new HTTPError({ status: 404, message: `There is no ${req.method} ${url.pathname} in the control API.` });
  });
  return app;
}

/** An error as the supervisor sends it to the caller. */
export function failure(thrown: unknown): ErrorBody {
  const error = asHarnessError(thrown);
  if (error instanceof ReportedError) return { message: error.message, exitCode: error.exitCode };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), exitCode: 2 };
}
