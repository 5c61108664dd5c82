import { isKind, type KubeObject } from './objects.ts';
import { clusterScoped } from './render.ts';

/** The rendered objects moved into a namespace, whatever namespace the manifests name. */
export const inNamespace = (objects: readonly KubeObject[], namespace: string): KubeObject[] =>
  structuredClone([...objects]).map((object) => {
    const from = object.metadata.namespace;
    if (!clusterScoped.has(object.kind)) object.metadata.namespace = namespace;
    if (isKind(object, 'RoleBinding') || isKind(object, 'ClusterRoleBinding')) {
      for (const subject of object.subjects ?? []) subject.namespace = namespace;
    }
    if (object.kind === 'Ingress' && from !== undefined) renameMiddlewares(object, from, namespace);
    return object;
  });

/** Traefik names a middleware `<namespace>-<name>@kubernetescrd`. */
function renameMiddlewares({ metadata }: KubeObject, from: string, to: string): void {
  const annotation = 'traefik.ingress.kubernetes.io/router.middlewares';
  const named = metadata.annotations?.[annotation]?.split(',');
  if (named === undefined || !metadata.annotations) return;
  metadata.annotations[annotation] = named
    .map((name) => name.trim().replace(new RegExp(`^${from}-`), `${to}-`))
    .join(',');
}
