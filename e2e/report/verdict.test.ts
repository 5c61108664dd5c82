import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { scratchFolder } from '../../fleet/testing.ts';
import { runSample } from './testing/run-sample.ts';
import type { RunRecord } from './verdict.ts';

const reports = scratchFolder(afterAll);

async function run(sample: string): Promise<RunRecord & { output: string }> {
  const { stdout } = await runSample(`report/testing/${sample}`, { reports }, { env: { NO_COLOR: '1' } });
  return { ...(JSON.parse(readFileSync(join(reports, 'verdict.json'), 'utf8')) as RunRecord), output: stdout };
}
const { tests, unexpectedSkips, output: printed, ...verdict } = await run('sample.ts');
const junit = readFileSync(join(reports, 'junit.xml'), 'utf8');
const sample = readFileSync(join(import.meta.dirname, 'testing/sample.ts'), 'utf8').split('\n');
const lineOf = (title: string): number => sample.findIndex((line) => line.startsWith(`test('${title}',`)) + 1;
const outcomeOf = (title: string) => tests.find((one) => one.title === title);

test('tests are counted, and errors of the harness apart', () => {
  expect(verdict).toEqual({ passed: 1, failed: 7, skipped: 2, harnessFaults: 2, errors: [] });
});

test('a test is named by its file and titles, and has its line and its tags', () => {
  expect(outcomeOf('passes')).toEqual({
    spec: 'report/testing/sample.ts',
    title: 'passes',
    line: lineOf('passes'),
    tags: ['fault'],
    requirements: ['STANDARD 1.1'],
    status: 'passed',
    needs: [],
    message: '',
    from: 'test',
    at: [],
    endedAt: expect.any(Number),
    ran: { startedAt: expect.any(Number), worker: expect.any(Number) },
  });
});

test('a failed test has the place of its error in the suite', () => {
  expect(outcomeOf('body')?.at).toEqual([expect.stringMatching(`^report/testing/sample.ts:${lineOf('body')}:\\d+$`)]);
});

test.each([
  ['body', 'test', /^Error: label\n\nexpect\(received\)/],
  ['step', 'test', /^Error: label\n\n/],
  ['timeout', 'test', /^Test timeout of 100ms exceeded\.$/],
  ['fixture', 'hook', /^Error: expect\(received\)/],
  ['late fixture', 'hook', /^HarnessError: The fixture does not end\.$/],
  ['body, then late fixture', 'test', /^Error: label\n\n/],
  ['hook: before', 'hook', /^Error: label\n\n/],
] as const)('the first error of "%s" comes from the %s', (title, from, message) => {
  expect(outcomeOf(title)).toMatchObject({ status: 'failed', from, message: expect.stringMatching(message) });
});

test('the terminal has a line for each failed test as it happens, without tags, and none for one that passed', () => {
  const [live = ''] = printed.split('\nWhy:\n');
  const lines = live.split('\n').filter((line) => line.startsWith('✘') || line.startsWith('✓'));
  expect(lines).toHaveLength(7);
  expect(lines[0]).toMatch(/^✘ report\/testing\/sample\.ts:\d+ body \(.*s\): label · Expected: 2 · Received: 1$/);
  expect(printed).not.toContain('@fault');
  expect(printed).toContain('2 not run: as the sample wants it');
});

test('junit has failures of the product as failures, and those of the harness as errors', () => {
  expect(junit).toMatch(
    /<testsuite\s+name="report\/testing\/sample\.ts"[^>]*tests="10"\s+failures="5"\s+errors="2"\s+skipped="2"/,
  );
  expect(junit).toContain('<failure message="Test timeout of 100ms exceeded.">');
  expect(junit).toContain('<error message="HarnessError: The fixture does not end.">');
  expect(junit).toContain('<skipped message="as the sample wants it" />');
});

test('a test that skips although the engine has what it needs is told', () => {
  expect(unexpectedSkips).toEqual([
    expect.stringMatching(
      /^e2e\/report\/testing\/sample\.ts: "lacks nothing and skips" was skipped although the local engine has all/,
    ),
  ]);
});

test('a run that was interrupted is no verdict: what did not run is neither passed nor skipped', async () => {
  const { output, ...record } = await run('interrupted.ts');
  expect(record).toMatchObject({
    passed: 1,
    failed: 0,
    errors: ['The run was interrupted, so that 2 tests did not end.'],
  });
  expect(record.tests.map(({ status }) => status).toSorted()).toEqual(['not run', 'not run', 'passed']);
  expect(output).toContain('The run was interrupted, so that 2 tests did not end.');
  expect(output).not.toContain(' not run: ');
  expect(output, 'a file of which tests did not run').not.toContain('✓');
});
