import { expect, test } from 'vitest';
import { reportChecks, reportsOf } from './reports.ts';
import type { CheckRecord } from './run-checks.ts';

const record = (status: CheckRecord['status'], says: string[] = []): CheckRecord => ({
  of: 'operator',
  check: `a check that ${status}`,
  status,
  saw: '',
  says,
  milliseconds: 1_500,
});
const records = [
  record('passed'),
  record('failed', ['One "fault".', 'Another.']),
  record('skipped', ['why']),
  record('not checked'),
];

test('each report has each result', () => {
  const target = { urls: { operator: 'https://operator.example' }, sha: 'abc' };
  const reports = reportsOf(target, records);
  expect(JSON.parse(reports['smoke.json'])).toMatchObject({
    sha: 'abc',
    verdict: { passed: 1, failed: 1, skipped: 1, notChecked: 1 },
    checks: records,
  });
  expect(reports['junit.xml']).toContain('tests="4"\nfailures="1"\nerrors="1"\nskipped="1"');
  expect(reports['junit.xml']).toContain('<failure message="One &quot;fault&quot;. Another.">');
  expect(JSON.parse(reports['smoke.sarif']).runs[0].results).toMatchObject([
    { ruleId: 'a check that failed', message: { text: 'One "fault".' } },
    {
      message: { text: 'Another.' },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'https://operator.example' } } }],
    },
  ]);
});

test('a folder that cannot be written costs no check', async () => {
  const { signal } = new AbortController();
  const options = { budget: 1_000, signal, target: { urls: {} }, reports: 'package.json/reports' };
  await expect(reportChecks([], null, options)).rejects.toThrow(/^The reports cannot be written to .*\(E/);
});
