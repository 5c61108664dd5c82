import { ofKind, type Ingress, type KubeObject } from './objects.ts';

/** A router that Traefik creates from a path of an Ingress. The deployer may apply no IngressRoute. */
export interface Router {
  object: KubeObject;
  path: string;
  /** Undefined: every default entry point of Traefik. */
  entryPoints: string[] | undefined;
  /** In Traefik's notation. Its length is the router's priority, unless a priority is set. */
  rule: string;
  host: string | undefined;
  middlewares: string[];
  /** Path of an explicit priority. */
  priorityPath: string | undefined;
  /** Path of a setting that requires TLS on all of its entry points. */
  tlsPath: string | undefined;
  /** Created by cert-manager for an HTTP-01 challenge. */
  isSolver: boolean;
}

const annotation = (name: string): string => `traefik.ingress.kubernetes.io/router.${name}`;
/** The path of Traefik's annotation of this name in an object. */
export const annotationPath = (name: string): string => `metadata.annotations['${annotation(name)}']`;
const listOf = (text: string | undefined): string[] | undefined =>
  text
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

export const routersOf = (objects: readonly KubeObject[]): Router[] => ofKind(objects, 'Ingress').flatMap(ofIngress);

/** Linted manifests may be less complete than the ones that engines run. */
interface IngressSpec {
  rules?: Array<{ host?: string; http?: { paths?: Array<{ path?: string; pathType?: string }> } }>;
}

function ofIngress(object: Ingress): Router[] {
  const annotations = object.metadata.annotations ?? {};
  const common = {
    object,
    entryPoints: listOf(annotations[annotation('entrypoints')]),
    middlewares: listOf(annotations[annotation('middlewares')]) ?? [],
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

/** Whether the router serves plain HTTP: it names the entry point, or names none and so uses all of them. */
export const isOnWeb = ({ entryPoints }: Router): boolean => entryPoints === undefined || entryPoints.includes('web');

/** The redirecting middlewares, by the name that routers use. */
export function redirectsIn(objects: readonly KubeObject[]): ReadonlySet<string> {
  const redirecting = ofKind(objects, 'Middleware').filter(
    ({ spec }) => (spec.redirectScheme ?? spec.redirectRegex) !== undefined,
  );
  return new Set(
    redirecting.map(({ metadata }) => `${metadata.namespace ?? 'default'}-${metadata.name}@kubernetescrd`),
  );
}
