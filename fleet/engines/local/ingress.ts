import type { Route } from '../../edge/row.ts';
import { HarnessError } from '../../errors.ts';
import type { Ingress, Service } from '../../manifests/objects.ts';
import type { Model } from './model.ts';

/** A route of the edge, with the port of its Service. */
export interface IngressRoute extends Route {
  /** Name of the port in the Service, or its number when it has no name. */
  servicePort: string;
}

/**
 * The edge's routes for the Ingresses. A middleware is named `<namespace>-<name>@kubernetescrd`, as in Traefik's
 * Ingress provider. Traefik drops a router whose middleware does not exist, so that is an error here.
 */
export function ingressRoutesOf(model: Model): IngressRoute[] {
  return model.ingresses.flatMap((ingress) => {
    const redirects = redirectsToHttps(model, ingress);
    const entryPoint = ingress.metadata.annotations?.['traefik.ingress.kubernetes.io/router.entrypoints'] as
      'web' | 'websecure';
    return ingress.spec.rules.flatMap(({ host, http }) =>
      http.paths.map(({ path, backend }) => ({
        host,
        path,
        entryPoint,
        service: backend.service.name,
        servicePort: servicePort(model, ingress, backend.service),
        // RedirectScheme passes a request that already uses https.
        ...(redirects && entryPoint === 'web' ? { redirectToHttps: true } : {}),
        ...(isSticky(model, backend.service.name) ? { sticky: true } : {}),
      })),
    );
  });
}

/** Traefik reads this annotation on the Service. */
const isSticky = (model: Model, name: string): boolean =>
  model.services.find(({ metadata }) => metadata.name === name)?.metadata.annotations?.[
    'traefik.ingress.kubernetes.io/service.sticky.cookie'
  ] === 'true';

function redirectsToHttps(model: Model, ingress: Ingress): boolean {
  const named = ingress.metadata.annotations?.['traefik.ingress.kubernetes.io/router.middlewares'];
  if (named === undefined) return false;
  for (const reference of named.split(',').map((part) => part.trim())) {
    const known = model.middlewares.some(
      ({ metadata }) => reference === `${metadata.namespace ?? 'default'}-${metadata.name}@kubernetescrd`,
    );
    if (!known) {
      throw new HarnessError(
        `Ingress ${ingress.metadata.name}: there is no Middleware "${reference}". Traefik would drop the router; correct the annotation.`,
      );
    }
  }
  return true;
}

function servicePort(
  model: Model,
  ingress: Ingress,
  backend: { name: string; port: { name?: string | undefined; number?: number | undefined } },
): string {
  const service = model.services.find(({ metadata }) => metadata.name === backend.name);
  const port = service?.spec.ports.find(
    ({ name, port: number }) => name === backend.port.name || number === backend.port.number,
  );
  if (!service || !port) {
    const shown = `${backend.name}:${backend.port.name ?? backend.port.number}`;
    throw new HarnessError(`Ingress ${ingress.metadata.name}: there is no Service port ${shown}. Correct the backend.`);
  }
  return portId(port);
}

/** A Service port's name, or its number when it has none. */
export const portId = ({ name, port }: Service['spec']['ports'][number]): string => name ?? String(port);
