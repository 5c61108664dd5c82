import type { V1Deployment, V1Pod, CoreV1ApiReadNamespacedPodLogRequest } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { deploymentStatusOf, linesOf } from './pods.ts';
import { failureOf, hasCrashed } from './wait.ts';

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

/** A pod with this kubelet output; without `previous`, its container was never restarted. */
function podWith({ previous, present }: { previous?: string; present: string }) {
  const asked: CoreV1ApiReadNamespacedPodLogRequest[] = [];
  const core = {
    readNamespacedPodLog: async (request: CoreV1ApiReadNamespacedPodLogRequest): Promise<string> => {
      asked.push(request);
      if (!request.previous) return present;
      if (previous === undefined) throw new Error('previous terminated container "web" in pod "web-1" not found');
      return previous;
    },
  };
  return { api: { core } as unknown as Parameters<typeof linesOf>[0], asked };
}

describe('the output of a container', () => {
  test('is that of the one before as well, when the present one has just been started', async () => {
    const { api } = podWith({ previous: 'NUXT_PUBLIC_AUTH_URL has a path\n', present: '' });
    expect(await linesOf(api, 'run', 'web-1')).toEqual(['NUXT_PUBLIC_AUTH_URL has a path']);
  });

  test('is cut to the last lines of both', async () => {
    const { api, asked } = podWith({ previous: 'a\nb\n', present: 'c\n' });
    expect(await linesOf(api, 'run', 'web-1', 2)).toEqual(['b', 'c']);
    expect(asked.map(({ tailLines }) => tailLines)).toEqual([2, 2]);
  });
});

test('what Kubernetes says of the progress deadline counts, once it speaks of the newest spec', () => {
  const conditions = [
    { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'has timed out progressing' },
  ];
  expect(failureOf(deployment({ conditions }))).toBe('has timed out progressing');
  expect(failureOf(deployment({ observedGeneration: 1, conditions }))).toBeUndefined();
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
