import { flushCompileCache } from 'node:module';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { exitCodes, HarnessError } from '../errors.ts';
import { openAuthority } from '../run/certificate-authority.ts';
import { ingressAt } from './backends.ts';
import { startControlPlane } from './control-plane.ts';
import { Edge } from './edge.ts';
import { defaultPort } from './routing.ts';
import type { Route } from './row.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const settings = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3128),
  CONTROL_PORT: port.default(3129),
  CONTROL_TOKEN: z.string().min(1),
  EDGE_CA_CERT: z.string().min(1),
  EDGE_CA_KEY: z.string().min(1),
  EDGE_LEAF_KEY: z.string().min(1),
  SESSION_COOKIE: z.string().optional(),
  /** Response header with the label of a session, of apps that have one. */
  SESSION_HEADER: z.string().optional(),
  // In a cluster. Without these the control plane configures the edge.
  /** JSON of Route[]. When it is set, the edge watches the pods in the Kubernetes API. */
  ROUTES: z.string().optional(),
  /** The ingress that balances, on ports 80 and 443. Without it the edge balances. */
  INGRESS_HOST: z.string().optional(),
  /** Takes connections that pods mean for the hosts themselves. */
  INTERCEPT_PORT: port.optional(),
});

try {
  const { data, error } = settings.safeParse(process.env);
  if (error) throw new HarnessError(`Its environment is not complete.\n${z.prettifyError(error)}`);
  const { HOST: host, EDGE_CA_CERT: caCertPem, EDGE_CA_KEY: caKeyPem, EDGE_LEAF_KEY: leafKeyPem } = data;
  const { INGRESS_HOST: ingressHost, ROUTES: routes, INTERCEPT_PORT: interceptPort } = data;
  const authority = openAuthority({ caCertPem, caKeyPem, leafKeyPem });
  const ingress = ingressHost ? ingressAt({ host: ingressHost, ports: defaultPort, ca: caCertPem }) : undefined;
  const sessions = { cookie: data.SESSION_COOKIE, header: data.SESSION_HEADER };
  const edge = await Edge.start({ host, port: data.PORT, authority, sessions, ...(ingress && { ingress }) });
  if (routes) {
    edge.routes.replace(JSON.parse(routes) as Route[]);
    // Loaded on demand: the Kubernetes client is large, and the local engine does not need it.
    const { watchEndpoints } = await import('./kubernetes-endpoints.ts');
    edge.podAt = await watchEndpoints((service, endpoints) => edge.backends.replace(service, endpoints));
  }
  if (interceptPort) await edge.intercept(interceptPort, host);
  const control = await startControlPlane(edge, { host, port: data.CONTROL_PORT, token: data.CONTROL_TOKEN });
  const { port: controlPort } = control.address() as AddressInfo;
  console.log(JSON.stringify({ listening: 'edge', host, proxyPort: edge.port, controlPort }));
  // As process 1 of a container it would not end by itself.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(exitCodes.passed));
  // A fleet kills it, and then Node would not write its cache.
  flushCompileCache();
} catch (error) {
  // An address that cannot be bound is a configuration error, like a missing variable. Any other error is a bug.
  if (!(error instanceof HarnessError) && (error as NodeJS.ErrnoException).syscall !== 'listen') throw error;
  console.error(`The edge did not start. ${(error as Error).message}`);
  process.exit(exitCodes.harnessFailed);
}
