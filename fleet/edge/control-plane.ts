import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { H3, HTTPError, getRouterParam } from 'h3';
import type { H3Event } from 'h3';
import { toNodeHandler } from 'h3/node';
import { z } from 'zod';
import { requireToken } from '../control-token.ts';
import type { Edge } from './edge.ts';
import type { Endpoint, Pin, Route } from './row.ts';

const name = z.string().min(1);
const path = z.string().startsWith('/');

export const routes: z.ZodType<Route[]> = z.array(
  z.strictObject({
    host: name,
    path,
    entryPoint: z.enum(['web', 'websecure']),
    service: name,
    redirectToHttps: z.boolean().exactOptional(),
    sticky: z.boolean().exactOptional(),
  }),
);

const endpoints: z.ZodType<Endpoint[]> = z.array(
  z.strictObject({
    pod: name,
    host: name,
    port: z.int().min(1).max(65_535),
    outside: z.enum(['http', 'https']).exactOptional(),
  }),
);

const pins: z.ZodType<Pin[]> = z.array(z.strictObject({ service: name, path: path.exactOptional(), pod: name }));

const ledgerQuery: z.ZodType<{ after: number; client?: string }> = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  client: name.exactOptional(),
});

/**
 * The edge's control plane: JSON over HTTP, with `Authorization: Bearer <token>` on everything but `GET /health` (a
 * kubelet's probe carries no token).
 *
 * | request | body or query | response |
 * | --- | --- | --- |
 * | `GET /health` | | `{ ok, cursor }` |
 * | `PUT /routes` | Route[], replaces all | Route[] |
 * | `PUT /endpoints/:service` | Endpoint[], replaces the service's | Endpoint[] |
 * | `PUT /pins/:client` | Pin[], replaces the client's | Pin[] |
 * | `GET /ledger` | `after`, `client` | LedgerRow[] |
 *
 * An invalid request gets a 400 whose `message` says what is wrong and where.
 */
export function controlApp(edge: Edge, token: string): H3 {
  const app = new H3({ silent: true });
  app.get('/health', () => ({ ok: true, cursor: edge.ledger.cursor }));

  app.use(requireToken('the edge', token));
  app.put('/routes', async (event) => {
    const list = await body(event, routes);
    edge.routes.replace(list);
    return list;
  });
  app.put('/endpoints/:service', async (event) => {
    const list = await body(event, endpoints);
    edge.backends.replace(parameter(event, 'service'), list);
    return list;
  });
  app.put('/pins/:client', async (event) => {
    const list = await body(event, pins);
    edge.backends.pin(parameter(event, 'client'), list);
    return list;
  });
  app.get('/ledger', (event) => {
    const query = Object.fromEntries(event.url.searchParams);
    const { after, client } = valid(event, ledgerQuery, query, 'query');
    return edge.ledger.read(after, client);
  });
  return app;
}

/** Serves the control plane; `port` 0 takes a free port. */
export async function startControlPlane(
  edge: Edge,
  options: { token: string; host: string; port: number },
): Promise<Server> {
  const server = createServer(toNodeHandler(controlApp(edge, options.token)));
  // A client may keep its connection open for a whole test.
  server.keepAliveTimeout = 0;
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return server;
}

async function body<T>(event: H3Event, schema: z.ZodType<T>): Promise<T> {
  const text = await event.req.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new HTTPError({
      status: 400,
      message: `${where(event)}: the body is not JSON: ${(cause as Error).message}.`,
    });
  }
  return valid(event, schema, json, 'body');
}

function valid<T>(event: H3Event, schema: z.ZodType<T>, value: unknown, what: string): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new HTTPError({
    status: 400,
    message: `${where(event)}: the ${what} is not what it must be.\n${z.prettifyError(error)}`,
  });
}

/** h3's own decoding leaves `%2F` encoded, and a client id may contain a slash. */
const parameter = (event: H3Event, name: string): string => decodeURIComponent(getRouterParam(event, name) ?? '');
const where = (event: H3Event): string => `${event.req.method} ${event.url.pathname}`;
