import type { V1Deployment } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { liveApps } from './live-apps.ts';

const lastUpdateTime = new Date('2026-01-01T10:00:00Z');
const deployment = (name: string, ready: number): V1Deployment => ({
  metadata: { name },
  spec: {
    replicas: 2,
    selector: {},
    template: {
      metadata: { labels: { 'app.kubernetes.io/version': 'abc' } },
      spec: { containers: [{ name, image: `dezky/${name}:abc` }] },
    },
  },
  status: {
    replicas: 2,
    updatedReplicas: 2,
    readyReplicas: ready,
    availableReplicas: ready,
    conditions: [{ type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', lastUpdateTime }],
  },
});
const pod = (name: string) => ({
  metadata: { labels: { 'app.kubernetes.io/name': name } },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});

test('what is live is told for each app, also one that rolls out and one that is not there', async () => {
  const items = [deployment('operator', 2), deployment('portal', 1)];
  const pods = ['operator', 'operator', 'portal'].map(pod);
  const api = {
    apps: { listNamespacedDeployment: () => Promise.resolve({ items }) },
    core: { listNamespacedPod: () => Promise.resolve({ items: pods }) },
  } as unknown as KubernetesApi;
  const { rows, isWell } = await liveApps(api, 'dezky');
  expect(rows.toSorted()).toEqual([
    ['operator', 'abc', '2/2', '2026-01-01T10:00:00.000Z', 'dezky/operator:abc'],
    ['platform-api', 'not deployed', '0/0', '', ''],
    ['portal', 'abc', '1/2', 'ReplicaSetUpdated', 'dezky/portal:abc'],
  ]);
  expect(isWell).toBe(false);
});
