import { fileURLToPath } from 'node:url';
import type { Image } from '../../../manifests/images.ts';
import type { Container, Deployment, KubeObject } from '../../../manifests/objects.ts';

/** Replaces fleet/manifests/images.ts: one program that needs no build. */
export const images: Record<string, Image> = {
  server: {
    reference: 'test/server:1',
    overrideEnv: 'TEST_SERVER_IMAGE',
    local: ({ ports, host }) => ({
      entrypoint: [],
      cmd: ['node', fileURLToPath(new URL('./server.mjs', import.meta.url))],
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      listen: { env: { HOST: host, PORT: String(ports['http']) } },
    }),
  },
};

interface WebOptions {
  name?: string;
  replicas?: number;
  strategy?: Deployment['spec']['strategy'];
  progressDeadlineSeconds?: number;
  grace?: number;
  container?: Partial<Container>;
}

/** A Deployment of the test server and its Service, with quick probes. */
export function web(options: WebOptions = {}): KubeObject[] {
  const { name = 'web', replicas = 2, grace = 5, progressDeadlineSeconds = 20, container } = options;
  const labels = { 'app.kubernetes.io/name': name };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'test' },
      spec: {
        replicas,
        progressDeadlineSeconds,
        strategy: options.strategy ?? { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels: { ...labels, 'app.kubernetes.io/version': '1' } },
          spec: {
            enableServiceLinks: false,
            terminationGracePeriodSeconds: grace,
            containers: [
              {
                name,
                image: 'test/server:1',
                ports: [{ name: 'http', containerPort: 3000 }],
                env: [
                  { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
                  {
                    name: 'REVISION',
                    valueFrom: { fieldRef: { fieldPath: "metadata.labels['app.kubernetes.io/version']" } },
                  },
                ],
                startupProbe: { httpGet: { path: '/live', port: 'http' }, periodSeconds: 1, failureThreshold: 20 },
                readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 0.1, failureThreshold: 1 },
                ...container,
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'test' },
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    },
  ];
}
