import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { H3, getRouterParam } from 'h3';
import { toNodeHandler } from 'h3/node';
import { requireToken } from '../control-token.ts';
import type { Edge } from './edge.ts';
import type { Pin, Routing } from './row.ts';

/**
 * The edge's control plane, for EdgeClient: JSON over HTTP, with `Authorization: Bearer <token>` on everything but
 * `GET /health` (a kubelet's probe carries no token).
 *
 * | request | body or query | response |
 * | --- | --- | --- |
 * | `GET /health` | | `{ ok, cursor }` |
 * | `PUT /routing` | Routing: replaces all routes, and the endpoints of its Services | |
 * | `PUT /pins/:client` | Pin[], replaces the client's | |
 * | `DELETE /intercept` | accepts no more connections that are opened to the hosts directly | |
 * | `GET /ledger` | `after`, `client` | LedgerRow[] |
 */
export function edgeControl(edge: Edge, token: string): H3 {
  const app = new H3({ silent: true });
  app.get('/health', () => ({ ok: true, cursor: edge.ledger.cursor }));

  app.use(requireToken('the edge', token));
  app.put('/routing', async ({ req }) => {
    const { routes, endpoints } = (await req.json()) as Routing;
    edge.routes.replace(routes);
    for (const [service, list] of Object.entries(endpoints)) edge.backends.replace(service, list);
    return {};
  });
  app.put('/pins/:client', async (event) => {
    // h3's own decoding leaves `%2F` encoded, and a client id may contain a slash.
    edge.backends.pin(decodeURIComponent(getRouterParam(event, 'client') ?? ''), (await event.req.json()) as Pin[]);
    return {};
  });
  app.delete('/intercept', () => {
    edge.stopIntercepting();
    return {};
  });
  app.get('/ledger', ({ url: { searchParams } }) =>
    edge.ledger.read(Number(searchParams.get('after')), searchParams.get('client') ?? undefined),
  );
  return app;
}

/** Serves the control plane; `port` 0 takes a free port. */
export async function startControlPlane(
  edge: Edge,
  options: { token: string; host: string; port: number },
): Promise<Server> {
  const server = createServer(toNodeHandler(edgeControl(edge, options.token)));
  // A client may keep its connection open for a whole test.
  server.keepAliveTimeout = 0;
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return server;
}
