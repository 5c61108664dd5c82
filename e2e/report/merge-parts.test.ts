import { expect, test } from 'vitest';
import { mergeParts } from './merge-parts.ts';
import { runPage } from './run-page.ts';
import { cause, report, reportedTest, sampleFailure } from './testing/samples.ts';

const part = (folder: string) => {
  const red = reportedTest({ id: 'red', status: 'failed', failure: sampleFailure, folder });
  const made = report([reportedTest({ folder }), red], [cause]);
  return { ...made, verdict: { passed: 1, failed: 1, skipped: 0, harnessFaults: 0, errors: [] } };
};

test('the report of all parts has every test, cause and link of each', () => {
  const merged = mergeParts(new Map([1, 2].map((place) => [place, part(`${place}/`)])), 2);
  expect(merged.verdict).toEqual({ passed: 2, failed: 2, skipped: 0, harnessFaults: 0, errors: [] });
  expect(merged.causes).toEqual([
    { ...cause, failures: 2 * cause.failures, explained: 2 * cause.explained, claimed: 2 * cause.claimed },
  ]);
  const page = runPage(merged);
  for (const folder of ['1/', '2/'])
    for (const file of ['html/index.html"', 'html/index.html#?testId=red"', 'test-results/a/trace.zip"'])
      expect(page).toContain(`href="${folder}${file}`);
});

test('a part that is missing is an error', () => {
  const { verdict, sentence } = mergeParts(new Map([[2, part('2/')]]), 2);
  expect(verdict).toMatchObject({ failed: 1, errors: ['Part 1 of 2 is missing.'] });
  expect(sentence).toMatch(/^1 of 2 tests failed[^]*Part 1 of 2 is missing\.$/);
});
