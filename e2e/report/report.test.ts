import { expect, test } from 'vitest';
import type { RunVerdict } from './verdict.ts';
import { sentenceOf } from './report.ts';
import { failure, reportedTest } from './testing/samples.ts';

const verdict = (change: Partial<RunVerdict>): RunVerdict => ({
  passed: 0,
  failed: 0,
  skipped: 0,
  harnessFaults: 0,
  errors: [],
  ...change,
});

test.each([
  [{ passed: 3 }, 'All 3 tests passed.'],
  [{ passed: 1, skipped: 2 }, 'The one test passed, and 2 cannot run on this engine.'],
  [{ passed: 3, failed: 1, harnessFaults: 1 }, 'The harness failed, so this run says nothing about the product.'],
  [{ passed: 3, errors: ['The run was interrupted.\nat x'] }, 'No verdict. The run was interrupted.'],
  [{ skipped: 2 }, 'No test ran, so this run says nothing about the product.'],
  [{ passed: 3, failed: 1 }, '1 of 4 tests failed.'],
])('%j', (change, sentence) => {
  expect(sentenceOf(verdict(change), [])).toBe(sentence);
});

test('a failed run names the cause of most failures', () => {
  const tests = [reportedTest({ status: 'failed', failure })];
  expect(sentenceOf(verdict({ failed: 1 }), tests)).toBe(
    '1 of 1 test failed. Likely cause: sessions are kept in the memory of each pod.',
  );
});
