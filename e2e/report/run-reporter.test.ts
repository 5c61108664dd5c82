import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scratchFolder } from '../../fleet/testing.ts';
import { specsIn } from './outcome.ts';
import { canaries } from './testing/canaries.ts';
import { runSample } from './testing/run-sample.ts';

const reports = scratchFolder(afterAll);
const content = (file: string): string => readFileSync(join(reports, file), 'utf8');

let printed = '';
beforeAll(async () => {
  const request = { reports, secrets: [canaries.known] };
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(reports, 'step-summary.md') };
  printed = (await runSample('report/testing/report-sample.ts', request, { env })).output;
});

test('the page and the summary have what passed, failed and did not run', () => {
  const page = content('run.html');
  expect(content('summary.md')).toContain('| 1 | 1 | 1 | local |');
  expect(page.match(/<figure>/g), 'timelines').toHaveLength(1);
  expect(page).toContain('2 of 4 requests failed: 2 x 401 by operator-b');
});

test('on GitHub nothing that a test printed is a command', () => {
  const [, token = 'none'] = /^::stop-commands::(\S+)$/m.exec(printed) ?? [];
  const [said = '', ...after] = printed.split(`::${token}::\n`);
  expect(said, 'output of the tests').toContain('::error::from the output of a test');
  expect(after, 'where commands count').toHaveLength(1);
  expect(after[0]?.split(`::stop-commands::${token}\n`), 'the commands, and what comes later').toEqual([
    expect.stringMatching(/^::error file=\S+ .*\n$/),
    expect.stringContaining('Run report: '),
  ]);
});

test('on GitHub a failure is at the line of its assertion', () => {
  const sample = readFileSync(join(import.meta.dirname, 'testing/report-sample.ts'), 'utf8').split('\n');
  const line = sample.findIndex((text) => text.includes('toBe(')) + 1;
  expect(printed).toContain(`::error file=e2e/report/testing/report-sample.ts,line=${line},title=fails`);
  expect(content('step-summary.md')).toBe(content('summary.md'));
});

test('the report of Playwright names the part of the page instead of repeating the timeline', () => {
  const attached = specsIn(JSON.parse(content('results.json'))).map(({ spec }) =>
    spec.tests[0]?.results[0]?.attachments.flatMap(({ name, body = '' }) =>
      name === 'timeline' ? [Buffer.from(body, 'base64').toString()] : [],
    ),
  );
  const link = [expect.stringMatching(/^run\.html#[\w-]+$/)];
  expect(attached).toEqual([link, link, link]);
});
