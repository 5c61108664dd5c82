import { join } from 'node:path';
import type { Operation } from 'rfc6902';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../root.ts';
import { applyChanges } from '../changes.ts';
import { render } from '../render.ts';
import { violationsOf } from '../rules.ts';
import { enoughRoom } from './enough-room.ts';

const rendered = await render(join(repositoryRoot, 'fleet/apps'));
const limits = '/spec/template/spec/containers/0/resources/limits';
const sentencesFor = (...patch: Operation[]): string[] =>
  violationsOf(applyChanges(rendered, [{ manifests: [{ target: { kind: 'Deployment', name: 'portal' }, patch }] }]), [
    enoughRoom,
  ]).map(({ sentence }) => sentence);

test.each([
  ['cpu', '50m', 'resources.limits.cpu is 50m, so the kernel stops its only thread'],
  ['cpu', '0.5', 'resources.limits.cpu is 0.5, so'],
  ['memory', '128Mi', 'resources.limits.memory is 128Mi, so a pod that serves requests is killed'],
  ['memory', '255Mi', 'is 255Mi, so'],
  ['memory', '268000000', 'is 268000000, so'],
  ['memory', '0.1Gi', 'is 0.1Gi, so'],
  ['memory', '200000Ki', 'is 200000Ki, so'],
  ['memory', '384m', 'is 384m, so'],
])('a limit of %s of %s is told', (name, value, sentence) => {
  expect(sentencesFor({ op: 'add', path: `${limits}/${name}`, value })).toEqual([expect.stringContaining(sentence)]);
});

test.each([
  ['cpu', '1'],
  ['cpu', '2000m'],
  ['memory', '256Mi'],
  ['memory', '0.25Gi'],
  ['memory', '1G'],
  ['memory', '500M'],
  ['memory', '300000k'],
  ['memory', '1Ti'],
])('a limit of %s of %s is enough', (name, value) => {
  expect(sentencesFor({ op: 'add', path: `${limits}/${name}`, value })).toEqual([]);
});
