import type { V1Deployment } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { failureOf, hasCrashed } from './failure.ts';

const deployment = (over: object = {}, status: object = {}): V1Deployment => ({
  metadata: { name: 'operator', generation: 3, ...over },
  spec: { replicas: 2, selector: {}, template: {} },
  status: { observedGeneration: 3, ...status },
});

test('what Kubernetes says of the progress deadline counts, once it speaks of the newest spec', () => {
  const conditions = [
    { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'has timed out progressing' },
  ];
  expect(failureOf(deployment({}, { conditions }))).toBe('has timed out progressing');
  expect(failureOf(deployment({ generation: 4 }, { conditions }))).toBeUndefined();
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
