import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from 'rfc6902';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../root.ts';
import { applyChanges } from '../changes.ts';
import type { KubeObject } from '../objects.ts';
import { render } from '../render.ts';
import { violationsOf } from '../rules.ts';
import { hardenedPods } from './hardened-pods.ts';

const rendered = await render(join(repositoryRoot, 'fleet/apps'));

const patched = (...patch: Operation[]): KubeObject[] =>
  applyChanges(rendered, [{ manifests: [{ target: { kind: 'Deployment', name: 'operator' }, patch }] }]);
const sentencesFor = (objects: readonly KubeObject[]): string[] =>
  violationsOf(objects, [hardenedPods]).map(({ sentence }) => sentence);

const pod = '/spec/template/spec/securityContext';
const container = '/spec/template/spec/containers/0/securityContext';
const shown = 'Deployment operator: spec.template.spec.containers[0].securityContext.';

test.each<[string, Operation, string]>([
  ['may be root', { op: 'remove', path: `${pod}/runAsNonRoot` }, 'runAsNonRoot is not true'],
  ['says itself that it may', { op: 'add', path: `${container}/runAsNonRoot`, value: false }, 'runAsNonRoot is not'],
  ['is root', { op: 'replace', path: `${pod}/runAsUser`, value: 0 }, 'runAsUser is 0, which is root'],
  ['owns its node', { op: 'add', path: `${container}/privileged`, value: true }, 'privileged is true'],
  [
    'can become root',
    { op: 'remove', path: `${container}/allowPrivilegeEscalation` },
    'allowPrivilegeEscalation is not false',
  ],
  [
    'changes what it runs',
    { op: 'replace', path: `${container}/readOnlyRootFilesystem`, value: false },
    'readOnlyRootFilesystem is not true',
  ],
  ['keeps capabilities', { op: 'remove', path: `${container}/capabilities` }, 'capabilities are not taken away'],
  [
    'takes one back',
    { op: 'add', path: `${container}/capabilities/add`, value: ['NET_ADMIN'] },
    'capabilities are not taken away',
  ],
  ['makes any system call', { op: 'remove', path: `${pod}/seccompProfile` }, 'seccompProfile is not RuntimeDefault'],
])('a container that %s is told', (_, operation, message) => {
  expect(sentencesFor(patched(operation))).toEqual([expect.stringContaining(shown + message)]);
});

test('one that says nothing is told all that is missing, and one that comes before the others as well', () => {
  const value = [{ name: 'first', image: 'dezky/operator' }];
  const sentences = sentencesFor(patched({ op: 'add', path: '/spec/template/spec/initContainers', value }));
  // The user and the seccomp profile are set on the pod.
  expect(sentences).toEqual([
    expect.stringContaining('spec.template.spec.initContainers[0].securityContext.allowPrivilegeEscalation'),
    expect.stringContaining('spec.template.spec.initContainers[0].securityContext.readOnlyRootFilesystem'),
    expect.stringContaining('spec.template.spec.initContainers[0].securityContext.capabilities'),
  ]);
});

test.each<[string, Operation]>([
  ['true', { op: 'replace', path: '/spec/template/spec/automountServiceAccountToken', value: true }],
  ['not set', { op: 'remove', path: '/spec/template/spec/automountServiceAccountToken' }],
])('a token for the API of Kubernetes is told: %s', (_what, operation) => {
  expect(sentencesFor(patched(operation))).toEqual([
    expect.stringContaining('Deployment operator: spec.template.spec.automountServiceAccountToken is not false, so'),
  ]);
});

test('the image of the apps is another user than root, and starts Node without a shell before it', () => {
  const lines = readFileSync(join(repositoryRoot, 'apps/Dockerfile'), 'utf8').split('\n');
  const last = (instruction: string): string =>
    lines.findLast((line) => line.startsWith(`${instruction} `))?.slice(instruction.length + 1) ?? '';
  expect(last('USER'), 'USER, by number').toMatch(/^[1-9]\d*(:\d+)?$/);
  expect(last('ENTRYPOINT'), 'ENTRYPOINT').toBe('[]');
  expect(last('CMD'), 'CMD').toMatch(/^\["node", /);
});
