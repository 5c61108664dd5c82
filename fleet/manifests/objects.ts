/** Kubernetes objects, as far as the fleet uses them. Field names and meaning are those of the Kubernetes API. */

interface Metadata {
  name: string;
  namespace?: string;
  uid?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: Array<{ apiVersion: string; kind: string; name: string; uid: string }>;
}

/** An object of any kind. `isKind`, `ofKind` and `named` tell the kinds below apart. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  [field: string]: unknown;
}

export interface KeyRef {
  name: string;
  key: string;
  optional?: boolean | undefined;
}

export interface EnvVar {
  name: string;
  value?: string | undefined;
  valueFrom?:
    | {
        fieldRef?: { fieldPath: string } | undefined;
        configMapKeyRef?: KeyRef | undefined;
        secretKeyRef?: KeyRef | undefined;
      }
    | undefined;
}

export interface EnvFromSource {
  prefix?: string | undefined;
  configMapRef?: { name: string; optional?: boolean | undefined } | undefined;
  secretRef?: { name: string; optional?: boolean | undefined } | undefined;
}

export interface Probe {
  httpGet?: { path?: string | undefined; port: string | number } | undefined;
  tcpSocket?: { port: string | number } | undefined;
  initialDelaySeconds?: number | undefined;
  periodSeconds?: number | undefined;
  timeoutSeconds?: number | undefined;
  failureThreshold?: number | undefined;
  successThreshold?: number | undefined;
}

export interface Container {
  name: string;
  image: string;
  imagePullPolicy?: string | undefined;
  command?: string[] | undefined;
  args?: string[] | undefined;
  ports?: Array<{ name?: string | undefined; containerPort: number }> | undefined;
  env?: EnvVar[] | undefined;
  envFrom?: EnvFromSource[] | undefined;
  startupProbe?: Probe | undefined;
  readinessProbe?: Probe | undefined;
  livenessProbe?: Probe | undefined;
  resources?:
    { requests?: Record<string, string> | undefined; limits?: Record<string, string> | undefined } | undefined;
  lifecycle?: { preStop?: { sleep?: { seconds: number } | undefined } | undefined } | undefined;
  securityContext?: SecurityContext | undefined;
  volumeMounts?: unknown[] | undefined;
}

/** The security context of a container or of its pod. */
export interface SecurityContext {
  runAsNonRoot?: boolean;
  runAsUser?: number;
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
  capabilities?: { add?: string[]; drop?: string[] };
  seccompProfile?: { type?: string };
}

export interface PodTemplate {
  metadata: {
    labels: Record<string, string>;
    annotations?: Record<string, string> | undefined;
  };
  spec: {
    containers: Container[];
    initContainers?: Container[] | undefined;
    securityContext?: SecurityContext | undefined;
    volumes?: unknown[] | undefined;
    terminationGracePeriodSeconds?: number | undefined;
    enableServiceLinks?: boolean | undefined;
    automountServiceAccountToken?: boolean | undefined;
    topologySpreadConstraints?:
      Array<{ labelSelector?: { matchLabels?: Record<string, string> | undefined } | undefined }> | undefined;
  };
}

export interface Deployment extends KubeObject {
  kind: 'Deployment';
  spec: {
    replicas?: number | undefined;
    progressDeadlineSeconds?: number | undefined;
    revisionHistoryLimit?: number | undefined;
    strategy?:
      | {
          type?: 'RollingUpdate' | 'Recreate' | undefined;
          rollingUpdate?:
            { maxUnavailable?: number | string | undefined; maxSurge?: number | string | undefined } | undefined;
        }
      | undefined;
    selector: { matchLabels: Record<string, string> };
    template: PodTemplate;
  };
}

export interface Service extends KubeObject {
  kind: 'Service';
  spec: {
    /** `ExternalName` resolves to a host outside the cluster and selects no pods. */
    type?: 'ClusterIP' | 'ExternalName' | undefined;
    externalName?: string | undefined;
    selector?: Record<string, string> | undefined;
    /** Chosen by the API server. */
    clusterIP?: string | undefined;
    sessionAffinity?: 'None' | 'ClientIP' | undefined;
    internalTrafficPolicy?: 'Cluster' | 'Local' | undefined;
    publishNotReadyAddresses?: boolean | undefined;
    ports: Array<{
      name?: string | undefined;
      port: number;
      targetPort?: string | number | undefined;
      appProtocol?: string | undefined;
    }>;
  };
}

export interface Ingress extends KubeObject {
  kind: 'Ingress';
  spec: {
    tls?: Array<{ hosts?: string[] | undefined; secretName?: string | undefined }> | undefined;
    rules: Array<{
      host: string;
      http: {
        paths: Array<{
          path: string;
          pathType: string;
          backend: {
            service: { name: string; port: { name?: string | undefined; number?: number | undefined } };
          };
        }>;
      };
    }>;
  };
}

export interface Middleware extends KubeObject {
  kind: 'Middleware';
  spec: {
    redirectScheme?: { scheme?: string; permanent?: boolean; port?: string };
    redirectRegex?: unknown;
  };
}

/** Traefik's own kind of router. */
export interface IngressRoute extends KubeObject {
  kind: 'IngressRoute';
  spec: {
    entryPoints?: string[];
    routes?: Array<{ match?: string; priority?: number; middlewares?: Array<{ name: string; namespace?: string }> }>;
    tls?: unknown;
  };
}

export interface PodDisruptionBudget extends KubeObject {
  kind: 'PodDisruptionBudget';
  spec: {
    minAvailable?: number | string;
    maxUnavailable?: number | string;
    selector?: { matchLabels?: Record<string, string> };
  };
}

export interface CustomResourceDefinition extends KubeObject {
  kind: 'CustomResourceDefinition';
  status?: { conditions?: Array<{ type: string; status: string }> };
}

export interface ConfigMap extends KubeObject {
  kind: 'ConfigMap';
  data?: Record<string, string> | undefined;
}

export interface Secret extends KubeObject {
  kind: 'Secret';
  /** base64 */
  data?: Record<string, string> | undefined;
  stringData?: Record<string, string> | undefined;
}

export interface Role extends KubeObject {
  kind: 'Role' | 'ClusterRole';
  rules: Array<{ apiGroups: string[]; resources: string[]; verbs: string[]; resourceNames?: string[] }>;
}

export interface RoleBinding extends KubeObject {
  kind: 'RoleBinding' | 'ClusterRoleBinding';
  roleRef: { apiGroup: string; kind: string; name: string };
  subjects?: Array<{ kind: string; name: string; namespace?: string | undefined }> | undefined;
}

interface Kinds {
  Deployment: Deployment;
  Service: Service;
  Ingress: Ingress;
  IngressRoute: IngressRoute;
  Middleware: Middleware;
  PodDisruptionBudget: PodDisruptionBudget;
  CustomResourceDefinition: CustomResourceDefinition;
  ConfigMap: ConfigMap;
  Secret: Secret;
  Role: Role;
  ClusterRole: Role;
  RoleBinding: RoleBinding;
  ClusterRoleBinding: RoleBinding;
}

/**
 * Narrows by kind. Comparing `kind` cannot narrow, because an object of another kind may have any other string there.
 */
export const isKind = <K extends keyof Kinds>(object: KubeObject, kind: K): object is Kinds[K] => object.kind === kind;

export const ofKind = <K extends keyof Kinds>(objects: readonly KubeObject[], kind: K): Array<Kinds[K]> =>
  objects.filter((object) => isKind(object, kind));

export const named = <K extends keyof Kinds>(
  objects: readonly KubeObject[],
  kind: K,
  name: string | undefined,
): Kinds[K] | undefined => ofKind(objects, kind).find(({ metadata }) => metadata.name === name);

/** The label with an app's revision. The downward API passes it to the app as `REVISION`. */
export const versionLabel = 'app.kubernetes.io/version';

/** The only container of a Deployment's pods, or undefined when there is not exactly one. */
export const onlyContainer = (deployment: Deployment): Container | undefined =>
  deployment.spec.template.spec.containers.length === 1 ? deployment.spec.template.spec.containers[0] : undefined;

/** An object's display name: `Deployment operator`. */
export const idOf = ({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): string => `${kind} ${metadata.name}`;
