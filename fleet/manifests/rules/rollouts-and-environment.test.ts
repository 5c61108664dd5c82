import { join } from 'node:path';
import type { Operation } from 'rfc6902';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../root.ts';
import { applyChanges } from '../changes.ts';
import { render } from '../render.ts';
import { violationsOf } from '../rules.ts';
import { keptRevisions, rolloutDeadline } from './rollouts.ts';
import { ownEnvironment } from './watched-pods.ts';

const rendered = await render(join(repositoryRoot, 'fleet/apps'));
const sentencesFor = (operation: Operation): string[] =>
  violationsOf(
    applyChanges(rendered, [{ manifests: [{ target: { kind: 'Deployment', name: 'portal' }, patch: [operation] }] }]),
    [ownEnvironment, rolloutDeadline, keptRevisions],
  ).map(({ sentence }) => sentence);

test.each<[string, Operation, string]>([
  [
    'no deadline',
    { op: 'remove', path: '/spec/progressDeadlineSeconds' },
    'Deployment portal: spec.progressDeadlineSeconds is not set (600), so',
  ],
  ['a long one', { op: 'replace', path: '/spec/progressDeadlineSeconds', value: 61 }, 'Seconds is 61, so'],
  [
    'service links',
    { op: 'replace', path: '/spec/template/spec/enableServiceLinks', value: true },
    'Deployment portal: spec.template.spec.enableServiceLinks is not false, so',
  ],
  [
    'no earlier revision',
    { op: 'replace', path: '/spec/revisionHistoryLimit', value: 0 },
    'spec.revisionHistoryLimit is 0, so',
  ],
  ['service links by default', { op: 'remove', path: '/spec/template/spec/enableServiceLinks' }, 'is not false, so'],
])('%s is told', (_what, operation, sentence) => {
  expect(sentencesFor(operation)).toEqual([expect.stringContaining(sentence)]);
});

test('a shorter deadline, which the startup probe limits, is none of theirs', () => {
  expect(sentencesFor({ op: 'replace', path: '/spec/progressDeadlineSeconds', value: 30 })).toEqual([]);
});
