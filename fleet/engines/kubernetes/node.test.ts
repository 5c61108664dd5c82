import { expect, test, vi } from 'vitest';
import { CannotRunHere, exitCodes, HarnessError } from '../../errors.ts';
import { imagesIn, nodeFailure } from './node.ts';

const noSocket = new HarnessError('dial unix /run/k3s/containerd/containerd.sock: no such file or directory');
const { signal } = new AbortController();

test('containerd is asked until it answers, and what it has is named', async () => {
  const exec = vi.fn(() => Promise.resolve('docker.io/library/redis:7\nsha256:12\n'));
  exec.mockRejectedValueOnce(noSocket).mockRejectedValueOnce(noSocket);
  const images = imagesIn({ exec }, 'node', { signal });
  expect(await images).toContain('docker.io/library/redis:7');
  expect(exec).toHaveBeenCalledTimes(3);
});

test('a containerd that never answers is told with its last words and the next command', async () => {
  const images = imagesIn({ exec: () => Promise.reject(noSocket) }, 'node', { signal, timeoutMs: 0 });
  await expect(images).rejects.toThrow(/containerd does not answer.*no such file[^]*docker logs node$/);
});

const neverReady = 'Log stream ended and message "/Node controller sync successful/" was not received';

test.each([
  [
    'with user namespaces',
    '(HTTP code 400) unexpected - privileged mode is incompatible with user namespaces.  You must run the container in the host namespace when running privileged mode ',
    [],
  ],
  [
    'rootless, in the node',
    neverReady,
    [
      'Error: failed to run Kubelet: failed to create kubelet: open /dev/kmsg: operation not permitted',
      'time="2025-01-01T00:00:00Z" level=error msg="kubelet exited: failed to run Kubelet"',
    ],
  ],
])('a node that lacks privileges cannot run here: %s', (_where, message, output) => {
  const error = nodeFailure('rancher/k3s', new Error(message), output);
  expect(error).toBeInstanceOf(CannotRunHere);
  expect(error.exitCode).toBe(exitCodes.cannotRunHere);
  expect(error.message).toContain((output[0] ?? message).trim());
  expect(error.message).toContain('check with: docker run --rm --privileged');
});

test.each([
  ['a port that is taken', 'driver failed programming external connectivity: address already in use', []],
  ['a node that gives up', neverReady, ['level=fatal msg="failed to find cpuset cgroup (v2)"']],
  ['what it said long before its end', neverReady, ['chmod: operation not permitted', ...Array(9).fill('Waiting')]],
])('anything else is a fault of the harness: %s', (_what, message, output) => {
  const error = nodeFailure('rancher/k3s', new Error(message), output);
  expect(error.exitCode).toBe(exitCodes.harnessFailed);
  expect(error.message).toContain(message);
});
