import type { KubeObject, Probe, ServiceBackend } from '../manifests/objects.ts';

interface Workload {
  image: string;
  replicas?: number;
  /** Service port by the name of the container port, whose number is unprivileged. */
  ports: Readonly<Record<string, number>>;
  ready: Pick<Probe, 'httpGet' | 'tcpSocket'>;
  /** Seconds after the start of a pod until it is asked whether it is ready. */
  readyAfter?: number | undefined;
  args?: string[];
  env?: Readonly<Record<string, string>>;
  configMaps?: readonly string[];
  secrets?: readonly string[];
}

/** A Deployment and its Service, of the same name. Several pods are replaced one by one, a single one is stopped first. */
export function workload(name: string, options: Workload): KubeObject[] {
  const { image, replicas = 1, ports, ready, readyAfter, args, env = {}, configMaps = [], secrets = [] } = options;
  const labels = { 'app.kubernetes.io/name': name };
  const names = Object.entries(ports);
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels },
      spec: {
        replicas,
        progressDeadlineSeconds: 60,
        strategy:
          replicas > 1
            ? { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
            : { type: 'Recreate' },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels: { ...labels, 'app.kubernetes.io/version': '1' } },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            terminationGracePeriodSeconds: 5,
            containers: [
              {
                name,
                image,
                ports: names.map(([port, number]) => ({ name: port, containerPort: unprivileged(number) })),
                ...(args && { args }),
                env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
                envFrom: [
                  ...configMaps.map((configMap) => ({ configMapRef: { name: configMap } })),
                  ...secrets.map((secret) => ({ secretRef: { name: secret } })),
                ],
                startupProbe: {
                  ...ready,
                  ...(readyAfter && { initialDelaySeconds: readyAfter }),
                  periodSeconds: 1,
                  failureThreshold: 30,
                },
                readinessProbe: { ...ready, periodSeconds: 2, timeoutSeconds: 2 },
                lifecycle: { preStop: { sleep: { seconds: replicas > 1 ? 4 : 0 } } },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels },
      spec: {
        selector: labels,
        ports: names.map(([port, number]) => ({ name: port, port: number, targetPort: port })),
      },
    },
  ];
}

/** Binding a port below 1024 needs root. */
export const unprivileged = (port: number): number => (port < 1024 ? port + 8000 : port);

/** The host of a Service. @param entryPoint of Traefik; `web` is plain http. */
export const ingress = (
  name: string,
  host: string,
  entryPoint: 'web' | 'websecure' = 'websecure',
  port: ServiceBackend['port'] = { name: 'http' },
): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, annotations: { 'traefik.ingress.kubernetes.io/router.entrypoints': entryPoint } },
  spec: {
    ingressClassName: 'traefik',
    ...(entryPoint === 'websecure' && { tls: [{ hosts: [host], secretName: `${name}-tls` }] }),
    rules: [
      {
        host,
        http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port } } }] },
      },
    ],
  },
});
