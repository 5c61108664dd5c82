import type { Edge, EdgeOptions } from './edge.ts';
import { ingressAt } from './backends.ts';
import type { EndpointWatch } from './kubernetes-endpoints.ts';
import { defaultPort } from './routing.ts';
import type { Route } from './row.ts';

export interface InCluster {
  options: Pick<EdgeOptions, 'ingress' | 'podAt'>;
  /** Gives the edge its routes and pods, and lets it intercept connections to the hosts. */
  begin(edge: Edge): Promise<void>;
}

/**
 * What an edge inside a cluster does in addition, set by its environment. Without these variables its control plane
 * configures it.
 *
 * | variable | meaning |
 * | --- | --- |
 * | `INGRESS_HOST` | the ingress that balances, on ports 80 and 443 |
 * | `ROUTES` | JSON of Route[], known from the start |
 * | `INTERCEPT_PORT` | takes TLS connections that pods mean for the hosts themselves |
 *
 * With `INGRESS_HOST` it reads the pods from the Kubernetes API.
 */
export function inCluster(env: NodeJS.ProcessEnv, host: string, ca: string): InCluster {
  const { INGRESS_HOST: ingressHost, ROUTES: routes, INTERCEPT_PORT: interceptPort } = env;
  let watch: EndpointWatch | undefined;
  return {
    options: {
      ...(ingressHost ? { ingress: ingressAt({ host: ingressHost, ports: defaultPort, ca }) } : {}),
      podAt: (address) => watch?.podAt(address) ?? '',
    },
    begin: async (edge) => {
      if (routes) edge.routes.replace(JSON.parse(routes) as Route[]);
      if (ingressHost) {
        // Loaded on demand: the Kubernetes client is large, and the local engine does not need it.
        const { watchEndpoints } = await import('./kubernetes-endpoints.ts');
        watch = await watchEndpoints((service, endpoints) => edge.backends.replace(service, endpoints));
      }
      if (interceptPort) await edge.intercept(Number(interceptPort), host);
    },
  };
}
