import { createServer } from 'node:http';
import { Socket } from 'node:net';
import { metrics, registry } from '../metrics/metrics.ts';
import { folders, routeOf, routes } from '../http/routes.ts';

/** Serves `GET /metrics` on METRICS_PORT, a port that no Service and no Ingress has. Without the variable: nowhere. */
export default defineNitroPlugin((nitro) => {
  // The first error of a route must be seen as well (metrics.ts).
  for (const { serves: route } of [...routes, ...folders])
    if (route) for (const status of [500, 502, 503]) metrics.requests.inc({ route, status }, 0);
  nitro.hooks.hook('request', (event) => {
    const { req, res } = event.node;
    // A request of the server to itself, for an error page or a session, has no real socket.
    if (!(req.socket instanceof Socket)) return;
    const { match } = routeOf(event);
    res.once('finish', () => {
      // Nitro serves the files of the build before the allow-list, which knows none of them.
      const route = match === 'not found' && res.statusCode < 400 ? 'asset' : match;
      metrics.requests.inc({ route, status: res.statusCode });
    });
  });
  const port = process.env.METRICS_PORT;
  if (!port) return;
  const server = createServer(async ({ method, url }, response) => {
    if (method !== 'GET' || url !== '/metrics') return response.writeHead(404).end();
    return response.setHeader('content-type', registry.contentType).end(await registry.metrics());
  });
  server.on('error', ({ message }) => console.error(`METRICS_PORT: no metrics are served: ${message}.`));
  server.listen(Number(port), process.env.HOST);
  nitro.hooks.hook('close', () => server.close());
});
