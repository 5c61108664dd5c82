import { isKind, ofKind } from '../objects.ts';
import type { Ingress, IngressRoute, KubeObject } from '../objects.ts';

/** A router as Traefik makes it of an Ingress rule's path or of an IngressRoute's route. */
export interface Router {
  object: KubeObject;
  /** Where the router is written. */
  path: string;
  /** Undefined: every entry point that is Traefik's default. */
  entryPoints: string[] | undefined;
  entryPointsPath: string;
  /** As Traefik writes it: its length is the router's priority, unless one is set. */
  rule: string;
  host: string | undefined;
  middlewares: string[];
  middlewaresPath: string;
  /** Where a priority is set by hand. */
  priorityPath: string | undefined;
  /** Where TLS is demanded on all of its entry points. */
  tlsPath: string | undefined;
  /** Made by cert-manager to answer an HTTP-01 challenge. */
  isSolver: boolean;
}

const annotation = (name: string): string => `traefik.ingress.kubernetes.io/router.${name}`;
const annotationPath = (name: string): string => `metadata.annotations['${annotation(name)}']`;
const listOf = (text: string | undefined): string[] | undefined =>
  text
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

export const routersOf = (objects: readonly KubeObject[]): Router[] =>
  objects.flatMap((object) => {
    if (isKind(object, 'Ingress')) return ofIngress(object);
    return isKind(object, 'IngressRoute') ? ofIngressRoute(object) : [];
  });

/** What is linted may be less complete than what the engines run. */
interface IngressSpec {
  rules?: Array<{ host?: string; http?: { paths?: Array<{ path?: string; pathType?: string }> } }>;
}

function ofIngress(object: Ingress): Router[] {
  const annotations = object.metadata.annotations ?? {};
  const common = {
    object,
    entryPoints: listOf(annotations[annotation('entrypoints')]),
    entryPointsPath: annotationPath('entrypoints'),
    middlewares: listOf(annotations[annotation('middlewares')]) ?? [],
    middlewaresPath: annotationPath('middlewares'),
    priorityPath: annotation('priority') in annotations ? annotationPath('priority') : undefined,
    tlsPath: annotations[annotation('tls')] === 'true' ? annotationPath('tls') : undefined,
    isSolver: object.metadata.labels?.['acme.cert-manager.io/http01-solver'] === 'true',
  };
  const { rules = [] }: IngressSpec = object.spec;
  return rules.flatMap(({ host, http }, rule) =>
    (http?.paths ?? []).map(({ path = '/', pathType }, index) => ({
      ...common,
      path: `spec.rules[${rule}].http.paths[${index}]`,
      host,
      rule: [host && `Host(\`${host}\`)`, `${pathType === 'Exact' ? 'Path' : 'PathPrefix'}(\`${path}\`)`]
        .filter(Boolean)
        .join(' && '),
    })),
  );
}

function ofIngressRoute(object: IngressRoute): Router[] {
  const { entryPoints, routes = [], tls } = object.spec;
  return routes.map(({ match = '', priority, middlewares = [] }, index) => ({
    object,
    path: `spec.routes[${index}]`,
    entryPoints,
    entryPointsPath: 'spec.entryPoints',
    rule: match,
    host: /\bHost\(`([^`]+)`\)/.exec(match)?.[1],
    middlewares: middlewares.map(
      ({ name, namespace = object.metadata.namespace ?? 'default' }) => `${namespace}-${name}@kubernetescrd`,
    ),
    middlewaresPath: `spec.routes[${index}].middlewares`,
    priorityPath: priority === undefined ? undefined : `spec.routes[${index}].priority`,
    tlsPath: tls === undefined ? undefined : 'spec.tls',
    isSolver: false,
  }));
}

/** Whether the router hears plain http: by name, or because it names no entry point and takes them all. */
export const isOnWeb = ({ entryPoints }: Router): boolean => entryPoints === undefined || entryPoints.includes('web');

/** The middlewares that redirect, as a router names them. */
export function redirectsIn(objects: readonly KubeObject[]): ReadonlySet<string> {
  const redirecting = ofKind(objects, 'Middleware').filter(
    ({ spec }) => (spec.redirectScheme ?? spec.redirectRegex) !== undefined,
  );
  return new Set(
    redirecting.map(({ metadata }) => `${metadata.namespace ?? 'default'}-${metadata.name}@kubernetescrd`),
  );
}
