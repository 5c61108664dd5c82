import type {
  V1Container,
  V1CustomResourceDefinitionStatus,
  V1DeploymentSpec,
  V1LabelSelector,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
  V1PodDisruptionBudgetSpec,
  V1PodSpec,
  V1Probe,
  V1ServicePort,
  V1ServiceSpec,
} from '@kubernetes/client-node';

/**
 * Kubernetes objects, as far as the fleet uses them: the types of the API, but fields that the fleet always sets are
 * not optional.
 */

interface Metadata {
  name: string;
  namespace?: string;
  uid?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  // Written out, because the types of session-check have these, and its users not the packages of k3s.
  ownerReferences?: Array<{ apiVersion: string; kind: string; name: string; uid: string }>;
  managedFields?: Array<{ manager?: string; subresource?: string; time?: Date }>;
}

/** An object of any kind. `isKind`, `ofKind` and `named` tell the kinds below apart. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  [field: string]: unknown;
}

export interface ObjectRef {
  name: string;
  optional?: boolean;
}

type KeyRef = ObjectRef & { key: string };

interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: { fieldRef?: { fieldPath: string }; configMapKeyRef?: KeyRef; secretKeyRef?: KeyRef };
}

interface EnvFromSource {
  prefix?: string;
  configMapRef?: ObjectRef;
  secretRef?: ObjectRef;
}

export type Probe = V1Probe;

export interface Container extends Omit<V1Container, 'env' | 'envFrom'> {
  image: string;
  env?: EnvVar[];
  envFrom?: EnvFromSource[];
}

export interface PodTemplate {
  metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
  spec: Omit<V1PodSpec, 'containers' | 'initContainers'> & { containers: Container[]; initContainers?: Container[] };
}

export interface Deployment extends KubeObject {
  kind: 'Deployment';
  spec: Omit<V1DeploymentSpec, 'selector' | 'template'> & {
    selector: { matchLabels: Record<string, string> };
    template: PodTemplate;
  };
}

export interface Service extends KubeObject {
  kind: 'Service';
  spec: Omit<V1ServiceSpec, 'ports' | 'sessionAffinity'> & {
    ports: V1ServicePort[];
    sessionAffinity?: 'None' | 'ClientIP';
  };
}

/** The backend of an Ingress path. */
export interface ServiceBackend {
  name: string;
  port: { name?: string | undefined; number?: number | undefined };
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
          backend: { service: ServiceBackend };
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

export interface PodDisruptionBudget extends KubeObject {
  kind: 'PodDisruptionBudget';
  spec: V1PodDisruptionBudgetSpec;
}

export interface NetworkPolicy extends KubeObject {
  kind: 'NetworkPolicy';
  /** With the names of the manifests; the type of the API has `_from`. */
  spec: {
    podSelector: V1LabelSelector;
    policyTypes?: string[];
    ingress?: Array<{ from?: V1NetworkPolicyPeer[]; ports?: V1NetworkPolicyPort[] }>;
  };
}

export interface CustomResourceDefinition extends KubeObject {
  kind: 'CustomResourceDefinition';
  status?: V1CustomResourceDefinitionStatus;
}

interface ConfigMap extends KubeObject {
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
  Middleware: Middleware;
  PodDisruptionBudget: PodDisruptionBudget;
  NetworkPolicy: NetworkPolicy;
  CustomResourceDefinition: CustomResourceDefinition;
  ConfigMap: ConfigMap;
  Secret: Secret;
  Role: Role;
  ClusterRole: Role;
  RoleBinding: RoleBinding;
  ClusterRoleBinding: RoleBinding;
}

/** Narrows by kind. Comparing `kind` cannot, because an object of another kind may have any other string there. */
export const isKind = <K extends keyof Kinds>(object: KubeObject, kind: K): object is Kinds[K] => object.kind === kind;

export const ofKind = <K extends keyof Kinds>(objects: readonly KubeObject[], kind: K): Array<Kinds[K]> =>
  objects.filter((object) => isKind(object, kind));

export const named = <K extends keyof Kinds>(
  objects: readonly KubeObject[],
  kind: K,
  name: string | undefined,
): Kinds[K] | undefined => ofKind(objects, kind).find(({ metadata }) => metadata.name === name);

/** The label with the name of a pod's Deployment. */
export const nameLabel = 'app.kubernetes.io/name';

/** The label with an app's revision. The downward API passes it to the app as `REVISION`. */
export const versionLabel = 'app.kubernetes.io/version';

/** The init containers and containers of a workload; empty for other kinds. */
export function containersIn({ spec }: KubeObject): Container[] {
  const pod = (spec as { template?: Partial<PodTemplate> } | undefined)?.template?.spec;
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
}

/** The only container of a Deployment's pods, or undefined when there is not exactly one. */
export const onlyContainer = (deployment: Deployment): Container | undefined =>
  deployment.spec.template.spec.containers.length === 1 ? deployment.spec.template.spec.containers[0] : undefined;

/** Whether a selector selects objects with these labels; an empty one selects none. */
export const selects = (
  selector: Readonly<Record<string, string>> = {},
  labels: Readonly<Record<string, string>>,
): boolean =>
  Object.keys(selector).length > 0 && Object.entries(selector).every(([label, value]) => labels[label] === value);

/** An object's display name: `Deployment shop`. */
export const idOf = ({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): string => `${kind} ${metadata.name}`;
