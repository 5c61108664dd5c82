import { expect, test } from 'vitest';
import { limitsOf } from './limits.ts';
import type { Sample } from './sample.ts';

const sample = (pod: string, revision: string, probe: Sample['probe'] = 'stranger'): Sample => ({
  at: 0,
  app: 'operator',
  probe,
  pod,
  revision,
  status: 401,
  facts: {},
});

test('answers that name pod and revision have no limit', () => {
  expect(limitsOf('operator', [sample('a', '1')])).toEqual([]);
});

test('answers that name neither are counted, with what that hides', () => {
  expect(limitsOf('operator', [sample('a', '1'), sample('', '1'), sample('', '')])).toEqual([
    'operator: 2 of 3 answers name no pod (x-served-by) and 1 no revision (x-revision). Something on the way removes these headers, so it cannot be told whether every pod was asked, nor which pod gave them.',
  ]);
});

test('answers that did not come name nothing', () => {
  expect(limitsOf('operator', [{ ...sample('', ''), failure: 'operator refuses connections.' }])).toEqual([]);
});
