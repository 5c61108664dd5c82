import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { scratchFolder } from '../../fleet/testing.ts';
import { notApplicable } from '../not-applicable.ts';
import { specsIn } from './outcome.ts';
import RunReporter from './run-reporter.ts';
import { runSample } from './testing/run-sample.ts';
import type { RunRecord } from './verdict.ts';

const reports = scratchFolder(afterAll);
const content = (file: string): string => readFileSync(join(reports, file), 'utf8');

async function run(sample: string): Promise<RunRecord & { output: string }> {
  const summary = join(reports, 'step-summary.md');
  const env = { NO_COLOR: '1', GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
  const { stdout } = await runSample(`report/testing/${sample}`, { reports }, { env });
  return { ...(JSON.parse(content('verdict.json')) as RunRecord), output: stdout };
}
const { tests, unexpectedSkips, output: printed, ...verdict } = await run('sample.ts');
const files = ['run.html', 'summary.md', 'step-summary.md', 'junit.xml', 'results.json'] as const;
const [page, summary, stepSummary, junit, results] = files.map(content) as [string, string, string, string, string];
const sample = readFileSync(join(import.meta.dirname, 'testing/sample.ts'), 'utf8').split('\n');
const lineOf = (text: string): number => sample.findIndex((line) => line.includes(text)) + 1;
const outcomeOf = (title: string) => tests.find((one) => one.title === title);

test('tests are counted, and errors of the harness apart', () => {
  expect(verdict).toEqual({ passed: 1, failed: 8, skipped: 2, harnessFaults: 2, errors: [] });
});

test('a test is named by its file and titles, and has its line and its tags', () => {
  expect(outcomeOf('passes')).toEqual({
    spec: 'report/testing/sample.ts',
    title: 'passes',
    line: lineOf(`test('passes'`),
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
  expect(lines).toHaveLength(8);
  expect(lines[0]).toMatch(/^✘ report\/testing\/sample\.ts:\d+ body \(.*s\): label · Expected: 2 · Received: 1$/);
  expect(printed).not.toContain('@fault');
  expect(printed).toContain('2 not run: as the sample wants it');
});

test('junit has failures of the product as failures, and those of the harness as errors', () => {
  expect(junit).toMatch(
    /<testsuite\s+name="report\/testing\/sample\.ts"[^>]*tests="11"\s+failures="6"\s+errors="2"\s+skipped="2"/,
  );
  expect(junit).toContain('<failure message="Test timeout of 100ms exceeded.">');
  expect(junit).toContain('<error message="HarnessError: The fixture does not end.">');
  expect(junit).toContain('<skipped message="as the sample wants it">');
});

test('a test that skips although the engine has what it needs is told', () => {
  expect(unexpectedSkips).toEqual([
    expect.stringMatching(
      /^e2e\/report\/testing\/sample\.ts: "lacks nothing and skips" was skipped although the local engine has all/,
    ),
  ]);
});

test('the page and the summary have what passed, failed and did not run', () => {
  expect(summary).toContain('| 1 | 8 | 2 | local |');
  expect(page.match(/<figure>/g), 'timelines').toHaveLength(1);
  expect(page).toContain('2 of 4 requests failed: 2 x 401 by operator-b');
});

test('on GitHub nothing that a test printed is a command', () => {
  const [, token = 'none'] = /^::stop-commands::(\S+)$/m.exec(printed) ?? [];
  const [said = '', ...after] = printed.split(`::${token}::\n`);
  expect(said, 'output of the tests').toContain('::error::from the output of a test');
  expect(after, 'where commands count').toHaveLength(1);
  expect(after[0]?.split(`::stop-commands::${token}\n`), 'the commands, and what comes later').toEqual([
    expect.stringMatching(/^(?:::error file=\S+ .*\n)+$/),
    expect.stringContaining('Run report: '),
  ]);
});

test('on GitHub a failure is at the line of its assertion', () => {
  const line = lineOf('2 of 4 requests failed');
  expect(printed).toContain(`::error file=e2e/report/testing/sample.ts,line=${line},title=says too much`);
  expect(stepSummary).toBe(summary);
});

test('the report of Playwright names the part of the page instead of repeating the timeline', () => {
  const attached = specsIn(JSON.parse(results)).flatMap(({ spec }) =>
    (spec.tests[0]?.results[0]?.attachments ?? []).flatMap(({ name, body = '' }) =>
      name === 'timeline' ? [Buffer.from(body, 'base64').toString()] : [],
    ),
  );
  expect(attached).toEqual([expect.stringMatching(/^run\.html#[\w-]+$/)]);
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

test('a skip by an interruption, or of a claim that is not about the app, is not told as one that should run', () => {
  const annotations: Array<{ type: string }> = [];
  const result = { status: 'skipped', startTime: new Date(), duration: 1, errors: [], steps: [], annotations };
  const ended = { results: [result], outcome: () => 'skipped', location: { file: import.meta.filename, line: 1 } };
  const one = { ...ended, tags: [], annotations: [], titlePath: () => ['', '', 'file', 'one'] };
  const product = { regressions: () => [], requirements: {}, packages: {}, isRight: () => false };
  const reporter = new RunReporter({ folder: reports, product, quiet: true });
  const skips = (status: 'passed' | 'interrupted') => {
    reporter.onBegin({ workers: 1 } as never, { allTests: () => [one] } as never);
    reporter.onEnd({ status, startTime: new Date(), duration: 1 });
    return (JSON.parse(content('verdict.json')) as RunRecord).unexpectedSkips;
  };
  expect(skips('passed')).toHaveLength(1);
  expect(skips('interrupted')).toEqual([]);
  annotations.push({ type: notApplicable });
  expect(skips('passed')).toEqual([]);
});
