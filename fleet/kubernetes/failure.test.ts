import type { V1Deployment, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { failureOf, hasCrashed } from './failure.ts';

const deployment = (over: object = {}, status: object = {}): V1Deployment => ({
  metadata: {
    name: 'operator',
    uid: 'd',
    generation: 3,
    annotations: { 'deployment.kubernetes.io/revision': '2' },
    ...over,
  },
  spec: { replicas: 2, selector: {}, template: {} },
  status: { observedGeneration: 3, ...status },
});
const replicaSet = (hash: string, revision: string): V1ReplicaSet => ({
  metadata: {
    labels: { 'pod-template-hash': hash },
    annotations: { 'deployment.kubernetes.io/revision': revision },
    ownerReferences: [{ uid: 'd', apiVersion: 'apps/v1', kind: 'Deployment', name: 'operator' }],
  },
});
const sets = [replicaSet('old', '1'), replicaSet('new', '2')];
const started = new Date('2026-01-01T00:00:00Z');
const crashing = (hash: string, { changed = started, restarts = 3, deleted = false } = {}): V1Pod => ({
  metadata: {
    name: `operator-${hash}`,
    labels: { 'pod-template-hash': hash },
    ...(deleted ? { deletionTimestamp: new Date() } : {}),
  },
  status: {
    startTime: started,
    conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: changed }],
    containerStatuses: [{ restartCount: restarts }] as never,
  },
});

test('a pod of the newest template that restarts again and again and was never Ready is hopeless', () => {
  expect(failureOf(deployment(), [crashing('new')], sets)).toBe(
    'operator-new was restarted 3 times and was never Ready',
  );
});

test.each([
  ['it is of the template that is being replaced', [crashing('old')]],
  ['it is being deleted', [crashing('new', { deleted: true })]],
  ['it has restarted less often', [crashing('new', { restarts: 2 })]],
  ['it was Ready before', [crashing('new', { changed: new Date(started.getTime() + 60_000) })]],
])('such a pod is not hopeless when %s', (_, pods) => {
  expect(failureOf(deployment(), pods, sets)).toBeUndefined();
});

test('what Kubernetes says of the progress deadline counts, once it speaks of the newest spec', () => {
  const conditions = [
    { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'has timed out progressing' },
  ];
  expect(failureOf(deployment({}, { conditions }), [], sets)).toBe('has timed out progressing');
  expect(failureOf(deployment({ generation: 4 }, { conditions }), [], sets)).toBeUndefined();
});

test.each<[string, object, boolean]>([
  ['ended with an exit code', { lastState: { terminated: { exitCode: 1, reason: 'Error' } } }, true],
  ['took more memory than its limit', { lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }, true],
  ['names a Secret that is not there', { state: { waiting: { reason: 'CreateContainerConfigError' } } }, true],
  ['was ended by the kubelet', { lastState: { terminated: { exitCode: 137, reason: 'Error' } } }, false],
  ['has no image', { state: { waiting: { reason: 'ImagePullBackOff' } } }, false],
  ['runs', { state: { running: {} } }, false],
])('whether a container that %s has crashed', (_what, container, crashed) => {
  expect(hasCrashed({ status: { containerStatuses: [container as never] } })).toBe(crashed);
});
