import { expect, test } from 'vitest';
import { summaryMarkdown } from './failure-text.ts';
import { mergeParts } from './merge-parts.ts';
import { runPage } from './run-page.ts';
import { cause, report, reportedTest, sampleFailure } from './testing/samples.ts';

const part = (name: string, engine = 'local') => {
  const folder = `${name}/`;
  const red = reportedTest({ id: 'red', status: 'failed', failure: sampleFailure, folder });
  const made = report([reportedTest({ folder }), red], [cause]);
  return { ...made, engine, part: name, verdict: { passed: 1, failed: 1, skipped: 0, harnessFaults: 0, errors: [] } };
};

test('the report of all parts has every test, cause and link of each', () => {
  const merged = mergeParts(
    ['1-of-2', '2-of-2'].map((name) => part(name)),
    { local: 2 },
  );
  expect(merged.verdict).toEqual({ passed: 2, failed: 2, skipped: 0, harnessFaults: 0, errors: [] });
  expect(merged.causes).toEqual([cause]);
  const page = runPage(merged);
  for (const folder of ['1-of-2/', '2-of-2/'])
    for (const file of ['html/index.html"', 'html/index.html#?testId=red"', 'test-results/a/trace.zip"'])
      expect(page).toContain(`href="${folder}${file}`);
});

test('a part that is missing is an error', () => {
  const { verdict, sentence } = mergeParts([part('2-of-2')], { local: 2 });
  expect(verdict).toMatchObject({ failed: 1, errors: ['Part 1 of 2 on the local engine is missing.'] });
  expect(sentence).toMatch(/^1 of 2 tests failed[^]*Part 1 of 2 on the local engine is missing\.$/);
});

test('two engines stand beside each other, each test with its own', () => {
  const merged = mergeParts([part('1-of-1'), part('1-of-1', 'k3s')], { local: 1, k3s: 1 });
  expect(merged.verdict).toMatchObject({ passed: 2, failed: 2, errors: [] });
  expect(merged.engines).toMatchObject([
    { engine: 'local', passed: 1, failed: 1 },
    { engine: 'k3s', passed: 1, failed: 1 },
  ]);
  expect(merged.tests.map(({ title }) => title.replace(/^.* /, ''))).toEqual(['(local)', '(local)', '(k3s)', '(k3s)']);
  expect(summaryMarkdown(merged)).toMatch(/\| 1 \| 1 \| 0 \| local \| \d+ \|\n\| 1 \| 1 \| 0 \| k3s \|/);
  expect(runPage(merged)).toMatch(/on local[^]*on k3s/);
});

test('a report that is found twice counts once, and that of an earlier run or of another division not at all', () => {
  const earlier = { ...part('1-of-1'), startedAt: '2000-01-01T00:00:00.000Z', sentence: 'earlier' };
  const merged = mergeParts([earlier, part('1-of-1'), part('1-of-1'), part('1-of-2')], { local: 1 });
  expect(merged.verdict).toMatchObject({ passed: 1, failed: 1, errors: [] });
});
