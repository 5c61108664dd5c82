import type { Route } from '../../edge/row.ts';
import { ofKind } from '../../manifests/objects.ts';
import type { KubeObject } from '../../manifests/objects.ts';

const annotation = (name: string): string => `traefik.ingress.kubernetes.io/router.${name}`;

/** The edge's routes for the Ingresses. The edge only needs to know which Service's pods a request may be pinned to. */
export function routesOf(objects: readonly KubeObject[]): Route[] {
  return ofKind(objects, 'Ingress').flatMap(({ metadata, spec }) => {
    const entryPoint = metadata.annotations?.[annotation('entrypoints')] === 'web' ? 'web' : 'websecure';
    const redirects = entryPoint === 'web' && metadata.annotations?.[annotation('middlewares')] !== undefined;
    return spec.rules.flatMap(({ host, http }) =>
      http.paths.map(({ path, backend }) => ({
        host,
        path,
        entryPoint: entryPoint as Route['entryPoint'],
        service: backend.service.name,
        ...(redirects ? { redirectToHttps: true } : {}),
      })),
    );
  });
}
