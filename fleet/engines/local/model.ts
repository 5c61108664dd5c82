import { z } from 'zod';
import { HarnessError, ProductFailed } from '../../errors.ts';
import { idOf, type KubeObject } from '../../manifests/objects.ts';
import { violationsOf } from '../../manifests/rule.ts';
import { balancedRequests } from '../../manifests/balanced-requests.ts';
import { labelPath } from '../../manifests/variables.ts';

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

const probe = z
  .strictObject({
    httpGet: z.strictObject({ path: z.string().optional(), port }).optional(),
    tcpSocket: z.strictObject({ port }).optional(),
    initialDelaySeconds: z.number().optional(),
    periodSeconds: z.number().optional(),
    timeoutSeconds: z.number().optional(),
    failureThreshold: z.number().optional(),
  })
  .refine(({ httpGet, tcpSocket }) => (httpGet === undefined) !== (tcpSocket === undefined), {
    error: 'It must have one of httpGet and tcpSocket',
  });

const objectRef = z.strictObject({ name: z.string(), optional: z.boolean().optional() });

const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  imagePullPolicy: notEnforced,
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
          .union([
            z.strictObject({
              fieldRef: z.strictObject({
                fieldPath: z.union([z.enum(['metadata.name', 'metadata.namespace']), z.string().regex(labelPath)]),
                apiVersion: z.literal('v1').optional(),
              }),
            }),
            z.strictObject({ secretKeyRef: z.strictObject({ name: z.string(), key: z.string() }) }),
          ])
          .optional(),
      }),
    )
    .optional(),
  envFrom: z
    .array(
      z.strictObject({
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
    strategy: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('Recreate') }),
      z.strictObject({
        type: z.literal('RollingUpdate'),
        rollingUpdate: z.strictObject({ maxUnavailable: z.number(), maxSurge: z.number() }),
      }),
    ]),
    selector: z.strictObject({ matchLabels: strings }),
    template: z.strictObject({
      metadata: z.strictObject({ labels: strings, annotations: strings.optional() }),
      spec: z.strictObject({
        // Several containers would need a shared network namespace, to reach each other on localhost.
        containers: z.array(container).length(1),
        terminationGracePeriodSeconds: z.number().nonnegative().optional(),
        restartPolicy: z.literal('Always').optional(),
        // Absent means true, which adds variables such as WEB_PORT=tcp://… that no process here would get.
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

const ingress = z
  .strictObject({
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
  })
  .refine(
    ({ metadata: { annotations }, spec: { tls } }) =>
      (annotations['traefik.ingress.kubernetes.io/router.entrypoints'] === 'websecure') === Boolean(tls?.length),
    {
      error: 'It must be there on the entry point websecure, and not on web: Traefik answers 404',
      path: ['spec', 'tls'],
    },
  );

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

/**
 * Not needed here: there are no evictions, no API server that a pod could call, and no network between pods. Nothing
 * runs as an account, because pods mount no token.
 */
const ignored = z.looseObject({});

const kinds: Readonly<Record<string, z.ZodType>> = {
  Deployment: deployment,
  Service: service,
  Ingress: ingress,
  Middleware: middleware,
  ConfigMap: configMap,
  Secret: secret,
  PodDisruptionBudget: ignored,
  NetworkPolicy: ignored,
  ServiceAccount: ignored,
  Role: ignored,
  RoleBinding: ignored,
  Lease: ignored,
};

/**
 * Checks that the local engine models every field of the objects.
 * @throws HarnessError that names each object and field it does not model; ProductFailed when one of them is a fault on
 * any engine, such as session affinity.
 */
export function checkModelled(objects: readonly KubeObject[]): void {
  const refusals = objects.flatMap(refusalsOf);
  if (refusals.length === 0) return;
  // Faults on any engine are reported before fields that this engine does not model.
  const wrong = violationsOf(objects, [balancedRequests]);
  if (wrong.length > 0) throw new ProductFailed(wrong.map(({ sentence }) => sentence).join('\n'));
  throw new HarnessError(
    `The local engine does not model the manifests:\n${refusals.join('\n')}\n` +
      'Model it in fleet/engines/local/model.ts, or use an engine that applies the manifests (k3s, cluster).',
  );
}

function refusalsOf(object: KubeObject): string[] {
  const schema = kinds[object.kind];
  if (!schema) return [`${idOf(object)}: the kind ${object.kind} (${object.apiVersion}) is not modelled.`];
  const { error } = schema.safeParse(object);
  return error ? [`${idOf(object)}:\n${z.prettifyError(error)}`] : [];
}
