import { expect, test } from 'vitest';
import { violationsOf } from '../../fleet/manifests/rules.ts';
import { hardenedPods } from '../../fleet/manifests/rules/pods.ts';
import { acmeSolver } from './acme-solver.ts';

test('the solver may be put where no pod gets at its node', () => {
  const objects = acmeSolver('solver', { host: 'operator.dezky.example', token: 't', keyAuthorization: 't.k' });
  expect(objects.map(({ kind }) => kind)).toContain('Deployment');
  expect(violationsOf(objects, [hardenedPods])).toEqual([]);
});
