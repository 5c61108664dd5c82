/** Kubernetes objects, as far as the fleet uses them. Field names and meaning are those of the Kubernetes API. */

interface Metadata {
  name: string;
  namespace?: string | undefined;
  labels?: Record<string, string> | undefined;
  annotations?: Record<string, string> | undefined;
}

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
}

export interface PodTemplate {
  metadata: {
    labels: Record<string, string>;
    annotations?: Record<string, string> | undefined;
  };
  spec: {
    containers: Container[];
    terminationGracePeriodSeconds?: number | undefined;
  };
}

export interface Deployment {
  kind: 'Deployment';
  metadata: Metadata;
  spec: {
    replicas?: number | undefined;
    progressDeadlineSeconds?: number | undefined;
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

export interface Service {
  kind: 'Service';
  metadata: Metadata;
  spec: {
    selector: Record<string, string>;
    sessionAffinity?: 'None' | 'ClientIP' | undefined;
    ports: Array<{ name?: string | undefined; port: number; targetPort?: string | number | undefined }>;
  };
}

export interface Ingress {
  kind: 'Ingress';
  metadata: Metadata;
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

export interface Middleware {
  kind: 'Middleware';
  metadata: Metadata;
  spec: { redirectScheme: { scheme: 'https'; permanent?: boolean | undefined } };
}

export interface ConfigMap {
  kind: 'ConfigMap';
  metadata: Metadata;
  data?: Record<string, string> | undefined;
}

export interface Secret {
  kind: 'Secret';
  metadata: Metadata;
  /** base64 */
  data?: Record<string, string> | undefined;
  stringData?: Record<string, string> | undefined;
}

export interface Role {
  kind: 'Role' | 'ClusterRole';
  metadata: Metadata;
  rules: Array<{ apiGroups: string[]; resources: string[]; verbs: string[]; resourceNames?: string[] | undefined }>;
}

export interface RoleBinding {
  kind: 'RoleBinding' | 'ClusterRoleBinding';
  metadata: Metadata;
  roleRef: { apiGroup: string; kind: string; name: string };
  subjects?: Array<{ kind: string; name: string; namespace?: string | undefined }> | undefined;
}

/** The label that carries an app's revision; the downward API hands it to the app as `REVISION`. */
export const versionLabel = 'app.kubernetes.io/version';

/** The one container of a Deployment's pods, or undefined when there is not exactly one. */
export const onlyContainer = (deployment: Deployment): Container | undefined =>
  deployment.spec.template.spec.containers.length === 1 ? deployment.spec.template.spec.containers[0] : undefined;

/** An object as people name it: `Deployment operator`. */
export const idOf = ({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): string => `${kind} ${metadata.name}`;
