import { fileURLToPath } from 'node:url';
import type { Image } from '../../../manifests/images.ts';
import { ofKind, type Container, type Deployment } from '../../../manifests/objects.ts';
import { workload } from '../../../one-app/workload.ts';

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
  replicas?: number;
  strategy?: Deployment['spec']['strategy'];
  progressDeadlineSeconds?: number;
  grace?: number;
  container?: Partial<Container>;
}

const ofPod = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

/** A Deployment of the test server and its Service, with quick probes. */
export function web({ replicas = 2, strategy, progressDeadlineSeconds = 20, grace = 5, container }: WebOptions = {}) {
  const ready = { httpGet: { path: '/ready', port: 'http' } };
  const objects = workload('web', { image: 'test/server:1', replicas, ports: { http: 80 }, ready });
  for (const { spec } of ofKind(objects, 'Deployment')) {
    const rolling = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
    Object.assign(spec, { progressDeadlineSeconds, strategy: strategy ?? rolling });
    spec.template.spec.terminationGracePeriodSeconds = grace;
    Object.assign(spec.template.spec.containers[0]!, {
      env: [ofPod('POD_NAME', 'metadata.name'), ofPod('REVISION', "metadata.labels['app.kubernetes.io/version']")],
      startupProbe: { httpGet: { path: '/live', port: 'http' }, periodSeconds: 1, failureThreshold: 20 },
      readinessProbe: { ...ready, periodSeconds: 0.1, failureThreshold: 1 },
      lifecycle: {},
      ...container,
    });
  }
  return objects;
}
