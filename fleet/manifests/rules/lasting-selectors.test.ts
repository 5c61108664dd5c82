import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../root.ts';
import { applyChanges } from '../changes.ts';
import { render } from '../render.ts';
import { violationsOf } from '../rules.ts';
import { lastingSelectors } from './lasting-selectors.ts';

const rendered = await render(join(repositoryRoot, 'fleet/apps'));

test.each([
  ['Service', '/spec/selector', 'so it leads to no pod until a release is Ready'],
  ['PodDisruptionBudget', '/spec/selector/matchLabels', 'so it keeps no pod of a release'],
  ['Deployment', '/spec/selector/matchLabels', 'so there can be no other release'],
])('a %s that selects one release is told', (kind, path, sentence) => {
  const patch = [{ op: 'add' as const, path: `${path}/app.kubernetes.io~1version`, value: '1.0.0' }];
  const objects = applyChanges(rendered, [{ manifests: [{ target: { kind, name: 'portal' }, patch }] }]);
  expect(violationsOf(objects, [lastingSelectors]).map((violation) => violation.sentence)).toEqual([
    expect.stringMatching(
      new RegExp(`^${kind} portal: spec\\.selector.*\\['app\\.kubernetes\\.io/version'\\] is 1\\.0\\.0, .*${sentence}`),
    ),
  ]);
});
