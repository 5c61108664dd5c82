import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { deploymentStatusOf } from './pods.ts';

const pod = (name: string, { ready = true, deleted = false } = {}): V1Pod => ({
  metadata: {
    name,
    labels: { 'app.kubernetes.io/name': 'operator' },
    ...(deleted ? { deletionTimestamp: new Date() } : {}),
  },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});
const deployment = (status: object): V1Deployment => ({
  metadata: { name: 'operator', generation: 2 },
  spec: { replicas: 2, selector: {}, template: {} },
  status: { observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2, ...status },
});
const both = [pod('a'), pod('b')];

test('is complete when every replica is updated, available and Ready, and nothing else is left', () => {
  expect(deploymentStatusOf(deployment({}), both).complete).toBe(true);
});

test.each([
  ['the controller has not seen the newest spec', { observedGeneration: 1 }, both],
  ['a replica is of the old template', { updatedReplicas: 1 }, both],
  ['a surplus pod is counted', { replicas: 3 }, both],
  ['an old pod is still ending', {}, [...both, pod('old', { deleted: true })]],
  ['a pod is not Ready', {}, [pod('a'), pod('b', { ready: false })]],
])('is not complete while %s', (_, status, pods) => {
  expect(deploymentStatusOf(deployment(status), pods).complete).toBe(false);
});

test('a pod that was evicted is none that anybody waits for', () => {
  const evicted = { ...pod('evicted', { ready: false }), status: { phase: 'Failed', reason: 'Evicted' } };
  expect(deploymentStatusOf(deployment({}), [...both, evicted]).complete).toBe(true);
});
