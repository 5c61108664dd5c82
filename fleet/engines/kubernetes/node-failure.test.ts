import { expect, test } from 'vitest';
import { CannotRunHere, exitCodes } from '../../errors.ts';
import { nodeFailure } from './node.ts';

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
  [
    'where privileges are dropped on the way',
    neverReady,
    [
      'time="2025-01-01T00:00:00Z" level=fatal msg="make mounts shared (is the container privileged?): operation not permitted"',
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
