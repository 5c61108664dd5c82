import { z } from 'zod';
import { HarnessError, ProductFailed } from '../../errors.ts';
import { idOf, isKind, ofKind } from '../../manifests/objects.ts';
import type {
  ConfigMap,
  Deployment,
  Ingress,
  KubeObject,
  Middleware,
  Secret,
  Service,
} from '../../manifests/objects.ts';
import { violationsOf } from '../../manifests/rules.ts';
import { balancedRequests } from '../../manifests/rules/services.ts';

/** The objects that the local engine runs, checked: it models every field in them. */
export interface Model {
  deployments: Deployment[];
  services: Service[];
  ingresses: Ingress[];
  middlewares: Middleware[];
  configMaps: ConfigMap[];
  secrets: Secret[];
}

/**
 * Accepted but ignored here: a process has no cgroup and no user of its own, and there is only one machine. The engines
 * that apply the manifests enforce these fields.
 */
const notEnforced = z.unknown().optional();

const strings = z.record(z.string(), z.string());
const metadata = z.strictObject({
  name: z.string(),
  namespace: z.string().optional(),
  labels: strings.optional(),
  annotations: strings.optional(),
});
const port = z.union([z.string(), z.number()]);

const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string().optional(), port }).optional(),
  tcpSocket: z.strictObject({ port }).optional(),
  initialDelaySeconds: z.number().optional(),
  periodSeconds: z.number().optional(),
  timeoutSeconds: z.number().optional(),
  failureThreshold: z.number().optional(),
  successThreshold: z.number().optional(),
});

const keyRef = z.strictObject({ name: z.string(), key: z.string(), optional: z.boolean().optional() });
const objectRef = z.strictObject({ name: z.string(), optional: z.boolean().optional() });

const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  imagePullPolicy: notEnforced,
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  ports: z
    .array(z.strictObject({ name: z.string(), containerPort: z.number(), protocol: z.literal('TCP').optional() }))
    .optional(),
  env: z
    .array(
      z.strictObject({
        name: z.string(),
        value: z.string().optional(),
        valueFrom: z
          .strictObject({
            fieldRef: z.strictObject({ fieldPath: z.string(), apiVersion: z.literal('v1').optional() }).optional(),
            configMapKeyRef: keyRef.optional(),
            secretKeyRef: keyRef.optional(),
          })
          .optional(),
      }),
    )
    .optional(),
  envFrom: z
    .array(
      z.strictObject({
        prefix: z.string().optional(),
        configMapRef: objectRef.optional(),
        secretRef: objectRef.optional(),
      }),
    )
    .optional(),
  startupProbe: probe.optional(),
  readinessProbe: probe.optional(),
  livenessProbe: probe.optional(),
  lifecycle: z
    .strictObject({ preStop: z.strictObject({ sleep: z.strictObject({ seconds: z.number() }) }).optional() })
    .optional(),
  resources: notEnforced,
  securityContext: notEnforced,
});

const deployment = z.strictObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  metadata,
  spec: z.strictObject({
    replicas: z.number().int().nonnegative().optional(),
    progressDeadlineSeconds: z.number().positive().optional(),
    revisionHistoryLimit: notEnforced,
    strategy: z
      .strictObject({
        type: z.enum(['RollingUpdate', 'Recreate']).optional(),
        rollingUpdate: z.strictObject({ maxUnavailable: port.optional(), maxSurge: port.optional() }).optional(),
      })
      .optional(),
    selector: z.strictObject({ matchLabels: strings }),
    template: z.strictObject({
      metadata: z.strictObject({ labels: strings, annotations: strings.optional() }),
      spec: z.strictObject({
        // Several containers would need a shared network namespace, to reach each other on localhost.
        containers: z.array(container).length(1),
        terminationGracePeriodSeconds: z.number().nonnegative().optional(),
        restartPolicy: z.literal('Always').optional(),
        // Absent means true, which adds variables such as PORTAL_PORT=tcp://… that no process here would get.
        enableServiceLinks: z.literal(false),
        automountServiceAccountToken: notEnforced,
        securityContext: notEnforced,
        topologySpreadConstraints: notEnforced,
        imagePullSecrets: notEnforced,
      }),
    }),
  }),
});

const service = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Service'),
  metadata,
  spec: z.strictObject({
    type: z.enum(['ClusterIP', 'ExternalName']).optional(),
    externalName: z.string().optional(),
    sessionAffinity: z.enum(['None', 'ClientIP']).optional(),
    selector: strings.optional(),
    ports: z.array(
      z.strictObject({
        name: z.string().optional(),
        port: z.number(),
        targetPort: port.optional(),
        appProtocol: z.enum(['http', 'https']).optional(),
        protocol: z.literal('TCP').optional(),
      }),
    ),
  }),
});

const ingressAnnotations = z.strictObject({
  // Without this annotation Traefik serves the router on its default entry points, which depend on Traefik's
  // configuration.
  'traefik.ingress.kubernetes.io/router.entrypoints': z.enum(['web', 'websecure']),
  'traefik.ingress.kubernetes.io/router.middlewares': z.string().optional(),
  'cert-manager.io/cluster-issuer': notEnforced,
  'cert-manager.io/issuer': notEnforced,
});

const ingress = z.strictObject({
  apiVersion: z.literal('networking.k8s.io/v1'),
  kind: z.literal('Ingress'),
  metadata: metadata.extend({ annotations: ingressAnnotations }),
  spec: z.strictObject({
    ingressClassName: z.literal('traefik').optional(),
    tls: z
      .array(z.strictObject({ hosts: z.array(z.string()).optional(), secretName: z.string().optional() }))
      .optional(),
    rules: z.array(
      z.strictObject({
        host: z.string(),
        http: z.strictObject({
          paths: z.array(
            z.strictObject({
              path: z.string(),
              pathType: z.enum(['Prefix', 'ImplementationSpecific']),
              backend: z.strictObject({
                service: z.strictObject({
                  name: z.string(),
                  port: z.strictObject({ name: z.string().optional(), number: z.number().optional() }),
                }),
              }),
            }),
          ),
        }),
      }),
    ),
  }),
});

const middleware = z.strictObject({
  apiVersion: z.literal('traefik.io/v1alpha1'),
  kind: z.literal('Middleware'),
  metadata,
  // The edge responds with 301 and 308, which are permanent redirects.
  spec: z.strictObject({ redirectScheme: z.strictObject({ scheme: z.literal('https'), permanent: z.literal(true) }) }),
});

const configMap = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('ConfigMap'),
  metadata,
  immutable: notEnforced,
  data: strings.optional(),
});

const secret = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Secret'),
  metadata,
  type: z.literal('Opaque').optional(),
  immutable: notEnforced,
  data: strings.optional(),
  stringData: strings.optional(),
});

/** This object governs evictions, which do not happen here. */
const podDisruptionBudget = z.looseObject({ kind: z.literal('PodDisruptionBudget') });

/** There is no API server here that would use these objects. Nothing runs as the account: pods mount no token. */
const access = (kind: string, apiVersion: string) =>
  z.looseObject({ kind: z.literal(kind), apiVersion: z.literal(apiVersion) });

const kinds: Readonly<Record<string, z.ZodType>> = {
  Deployment: deployment,
  Service: service,
  Ingress: ingress,
  Middleware: middleware,
  ConfigMap: configMap,
  Secret: secret,
  PodDisruptionBudget: podDisruptionBudget,
  ServiceAccount: access('ServiceAccount', 'v1'),
  Role: access('Role', 'rbac.authorization.k8s.io/v1'),
  RoleBinding: access('RoleBinding', 'rbac.authorization.k8s.io/v1'),
};

/**
 * Checks that the local engine models every field of the objects, and sorts them by kind.
 * @throws HarnessError that names each object and field it does not model; ProductFailed when one of them is a fault on
 * any engine, such as session affinity.
 */
export function modelOf(objects: readonly KubeObject[]): Model {
  const refusals = objects.flatMap(refusalsOf);
  if (refusals.length > 0) {
    // Faults on any engine are reported before fields that this engine does not model.
    const wrong = violationsOf(objects, [balancedRequests]);
    if (wrong.length > 0) throw new ProductFailed(wrong.map(({ sentence }) => sentence).join('\n'));
    throw new HarnessError(
      `The local engine does not model ${refusals.length === 1 ? 'a field' : `${refusals.length} fields`} of the manifests:\n` +
        refusals.map((line) => `  ${line}\n`).join('') +
        'Model it in fleet/engines/local/model.ts, or use an engine that applies the manifests (k3s, cluster).',
    );
  }
  return structuredClone({
    deployments: ofKind(objects, 'Deployment'),
    services: ofKind(objects, 'Service'),
    ingresses: ofKind(objects, 'Ingress'),
    middlewares: ofKind(objects, 'Middleware'),
    configMaps: ofKind(objects, 'ConfigMap'),
    secrets: ofKind(objects, 'Secret'),
  });
}

function refusalsOf(object: KubeObject): string[] {
  const id = idOf(object);
  const schema = kinds[object.kind];
  if (!schema) return [`${id}: the kind ${object.kind} (${object.apiVersion}).`];
  const result = schema.safeParse(object);
  const issues = result.success ? [] : result.error.issues;
  return [
    ...issues.map((issue) => `${id}: ${sentence(issue, object)}`),
    ...ruleRefusals(object).map((rule) => `${id}: ${rule}`),
  ];
}

function sentence(issue: z.core.$ZodIssue, object: KubeObject): string {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${shownPath([...issue.path, key])} is not modelled.`).join(' ');
  }
  const found: unknown = issue.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    object,
  );
  return `${shownPath(issue.path)} is ${found === undefined ? 'not there' : JSON.stringify(found)} (${issue.message}).`;
}

/** `spec.template.spec.containers[0].env`; keys with dots or slashes in brackets. */
function shownPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      const name = String(key);
      if (/[./]/.test(name)) return `['${name}']`;
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}

/** Rules that a schema of single fields cannot express. */
function ruleRefusals(object: KubeObject): string[] {
  if (isKind(object, 'Deployment')) return deploymentRules(object);
  if (isKind(object, 'Ingress')) return ingressRules(object);
  return [];
}

/**
 * In a container these run as PID 1, for which the kernel ignores SIGTERM. As a process here they would be killed by
 * it.
 */
const shells = new Set(['sh', 'bash', 'ash', 'dash', 'npm', 'npx', 'yarn', 'pnpm']);

function deploymentRules({ spec }: Deployment): string[] {
  const at = 'spec.template.spec.containers[0]';
  const [only] = spec.template?.spec?.containers ?? [];
  const rules: string[] = [];
  const program = only?.command?.[0]?.split('/').at(-1);
  if (program !== undefined && shells.has(program)) {
    rules.push(`${at}.command starts ${program}, whose handling of signals as PID 1 is not modelled.`);
  }
  for (const name of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const) {
    const value = only?.[name];
    if (value && (value.httpGet === undefined) === (value.tcpSocket === undefined)) {
      rules.push(`${at}.${name} must have one of httpGet and tcpSocket, the two that are modelled.`);
    }
  }
  const { maxUnavailable, maxSurge } = spec.strategy?.rollingUpdate ?? {};
  if ([maxUnavailable, maxSurge].every((value) => value === 0 || value === '0%')) {
    rules.push('spec.strategy.rollingUpdate: maxUnavailable and maxSurge are both 0, which Kubernetes refuses too.');
  }
  return rules;
}

function ingressRules({ metadata: { annotations }, spec }: Ingress): string[] {
  const entryPoint = annotations?.['traefik.ingress.kubernetes.io/router.entrypoints'];
  if (entryPoint === 'web' && spec.tls?.length)
    return ['spec.tls on the entry point web: Traefik would answer 404 there.'];
  if (entryPoint === 'websecure' && !spec.tls?.length) return ['spec.tls is not there, on the entry point websecure.'];
  return [];
}
