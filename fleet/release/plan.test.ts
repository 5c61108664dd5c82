import type { Operation } from 'rfc6902';
import { expect, test } from 'vitest';
import { applyChanges } from '../manifests/changes.ts';
import { asAsked } from './difference.ts';
import { namespaceIn, planOf, renderPinned } from './plan.ts';

const sha = '4f0b1c8d2e6a9f3b5c7d1e0f2a4b6c8d0e1f3a5b';
const pinned = await renderPinned(sha);
const faultsOf = (kind: string, name: string, ...patch: Operation[]): string[] =>
  planOf(applyChanges(pinned, [{ manifests: [{ target: { kind, name }, patch }] }]), sha).faults;
const image = '/spec/template/spec/containers/0/image';

test('what is applied is sound, and leaves the deployer’s own access out', () => {
  const { objects, faults } = planOf(pinned, sha);
  expect(faults).toEqual([]);
  expect(namespaceIn(objects)).toBe('dezky');
  expect(objects.map(({ kind }) => kind)).not.toContain('Role');
  expect(objects.map(({ kind }) => kind)).not.toContain('NetworkPolicy');
  expect(objects.length).toBe(pinned.length - 7);
  expect(JSON.stringify(objects)).not.toContain('redis://');
});

test('what ran before a rule of today existed can be gone back to, with its own images alone', () => {
  const grace: Operation = { op: 'replace', path: '/spec/template/spec/terminationGracePeriodSeconds', value: 30 };
  expect(faultsOf('Deployment', 'operator', grace)).toHaveLength(1);
  const target = { kind: 'Deployment', name: 'operator' };
  const older = (...patch: Operation[]) => applyChanges(pinned, [{ manifests: [{ target, patch }] }]);
  expect(planOf(older(grace), sha, undefined, []).faults).toEqual([]);
  const foreign: Operation = { op: 'replace', path: image, value: 'somebody/operator:1' };
  expect(planOf(older(grace, foreign), sha, undefined, []).faults.join('\n')).toContain('no image that this');
});

test.each<[string, string, string]>([
  [
    'a tag that moves',
    'dezky/operator:latest',
    'Deployment operator: spec.template.spec.containers[0].image is "dezky/operator:latest", a tag that moves',
  ],
  ['another release', 'dezky/operator:1.0.0', `is "dezky/operator:1.0.0" and not pinned to ${sha}`],
  [
    'an image from elsewhere',
    'somebody/operator:1',
    'Deployment operator: spec.template.spec.containers[0].image is somebody/operator:1, no image that this repository builds.',
  ],
])('%s is refused', (_, value, message) => {
  const faults = faultsOf('Deployment', 'operator', { op: 'replace', path: image, value });
  expect(faults.join('\n')).toContain(message);
});

test('what the deployer may not apply is refused, and not left half-way or silently out', () => {
  const added = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'new', namespace: 'dezky' } });
  const { faults } = planOf([...pinned, added('Job'), added('ServiceAccount')], sha);
  expect(faults).toEqual([
    'Job new: the deployer may not apply a Job (fleet/rules/deployer.ts and its Role).',
    'ServiceAccount new: the deployer may not apply a ServiceAccount (fleet/rules/deployer.ts and its Role).',
  ]);
});

test('a configuration that is wrong where people sign in is refused', () => {
  const faults = faultsOf('ConfigMap', 'operator-config', {
    op: 'replace',
    path: '/data/NUXT_PUBLIC_AUTH_URL',
    value: 'https://auth.dezky.local',
  });
  expect(faults.join('\n')).toContain(
    "Deployment operator: NUXT_PUBLIC_AUTH_URL names a host of a developer's machine.",
  );
});

test('what the cluster keeps for itself is no part of what was asked for', () => {
  const asked = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'operator' }, spec: { replicas: 2 } };
  const annotations = { 'deployment.kubernetes.io/revision': '2' };
  const kept = { uid: 'u', resourceVersion: '1', generation: 3, creationTimestamp: '', managedFields: [], annotations };
  expect(asAsked({ ...asked, metadata: { ...asked.metadata, ...kept }, status: { replicas: 2 } })).toEqual(asked);
});
