import type { Route } from '../../edge/row.ts';
import { ofKind, type KubeObject } from '../../manifests/objects.ts';
import { redirectsIn } from '../../manifests/routers.ts';

const annotation = (name: string): string => `traefik.ingress.kubernetes.io/${name}`;

/** The edge's routes for the Ingresses. */
export function routesOf(objects: readonly KubeObject[]): Route[] {
  const redirecting = redirectsIn(objects);
  const sticky = new Set(
    ofKind(objects, 'Service')
      .filter(({ metadata }) => metadata.annotations?.[annotation('service.sticky.cookie')] === 'true')
      .map(({ metadata }) => metadata.name),
  );
  return ofKind(objects, 'Ingress').flatMap(({ metadata: { annotations = {} }, spec }) => {
    const entryPoint = annotations[annotation('router.entrypoints')] === 'web' ? 'web' : 'websecure';
    const named = annotations[annotation('router.middlewares')]?.split(',') ?? [];
    // RedirectScheme passes a request that already uses https.
    const redirects = entryPoint === 'web' && named.some((name) => redirecting.has(name.trim()));
    return spec.rules.flatMap(({ host, http }) =>
      http.paths.map(({ path, backend }): Route => ({
        host,
        path,
        entryPoint,
        service: backend.service.name,
        ...(redirects ? { redirectToHttps: true } : {}),
        ...(sticky.has(backend.service.name) ? { sticky: true } : {}),
      })),
    );
  });
}
