import { describe, expect, test } from 'vitest';
import type { Regression } from '../fixtures/regressions/regression.ts';
import { judge, unclaimed } from './kill-matrix.ts';
import type { TestOutcome } from './results.ts';

const fault: Regression = {
  name: 'fault',
  title: 'A fault',
  explanation: 'It is a fault.',
  change: {},
  caughtBy: { 'session/a.spec.ts': /requests failed/ },
  app: 'operator',
  symptom: { kind: 'store' },
};
const outcome = (changes: Partial<TestOutcome>): TestOutcome => ({
  spec: 'session/a.spec.ts',
  title: 'claim',
  tags: ['fault'],
  status: 'failed',
  message: 'Error: 20 of 40 requests failed: 20 x 401\n  at a.spec.ts:1',
  ...changes,
});

describe('a regression is', () => {
  test('caught when every claiming test fails for the stated reason', () => {
    expect(judge(fault, [outcome({})])).toMatchObject({
      verdict: 'caught',
      evidence: [{ spec: 'session/a.spec.ts', message: '20 of 40 requests failed: 20 x 401' }],
    });
  });
  test('missed when one claiming test passes, whatever the others do', () => {
    expect(judge(fault, [outcome({}), outcome({ title: 'other', status: 'passed' })]).verdict).toBe('missed');
  });
  test('not caught by a test that fails for another reason', () => {
    expect(judge(fault, [outcome({ message: 'Test timeout of 30000ms exceeded.' })]).verdict).toBe('wrong reason');
  });
  test('not caught by a test that does not claim it', () => {
    expect(judge(fault, [outcome({ tags: ['another'] })]).verdict).toBe('missed');
  });
  test('not applicable when the engine skips every claiming test', () => {
    expect(judge(fault, [outcome({ status: 'skipped' })]).verdict).toBe('not applicable');
  });
});

describe('specs and regressions name each other', () => {
  test('or both sides are reported', () => {
    expect(unclaimed([fault], [outcome({})])).toEqual([]);
    expect(unclaimed([fault], [])).toEqual([expect.stringContaining('no test there has the tag @fault')]);
    expect(unclaimed([fault], [outcome({}), outcome({ spec: 'session/b.spec.ts' })])).toEqual([
      expect.stringContaining('session/b.spec.ts has the tag @fault'),
    ]);
  });
  test('a test without a regression, or with one that does not exist, is reported', () => {
    expect(unclaimed([fault], [outcome({}), outcome({ tags: [] })])).toEqual([
      expect.stringContaining('names no regression'),
    ]);
    expect(unclaimed([fault], [outcome({ tags: ['fault', 'typo'] })])).toEqual([
      expect.stringContaining('@typo, which is no regression'),
    ]);
  });
});
