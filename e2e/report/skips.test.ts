import { expect, test } from 'vitest';
import type { TestOutcome } from './outcome.ts';
import { findUnexpectedSkips } from './skips.ts';
import { sampleOutcome as outcome } from './testing/samples.ts';

const engine = { name: 'local', capabilities: new Set(['kill'] as const) } as const;

test('a test that runs where it can and skips where it cannot is expected', () => {
  const tests = [
    outcome({}),
    outcome({ needs: ['kill'], status: 'failed' }),
    outcome({ needs: ['kill', 'kubernetes'], status: 'skipped' }),
  ];
  expect(findUnexpectedSkips(tests, engine)).toEqual([]);
});

test.each<[string, Partial<TestOutcome>]>([
  ['that needs nothing', { needs: [] }],
  ['that did not say what it needs', {}],
  ['whose needs the engine has', { needs: ['kill'] }],
])('a skipped test %s is told', (_what, changes) => {
  expect(findUnexpectedSkips([outcome({ ...changes, status: 'skipped' })], engine)).toEqual([
    expect.stringMatching(
      /^e2e\/session\/a\.spec\.ts: "claim" was skipped although the local engine has all that it needs/,
    ),
  ]);
});

test('a test that runs where the engine lacks what it needs is told', () => {
  expect(findUnexpectedSkips([outcome({ needs: ['kubernetes'] })], engine)).toEqual([
    expect.stringMatching(/^e2e\/session\/a\.spec\.ts: "claim" ran although the local engine cannot: kubernetes/),
  ]);
});
