import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../fleet/testing.ts';
import { makeReportsFolder, writeReports } from './reports.ts';
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
  const reports = join(scratchFolder(), 'not-yet');
  writeReports(reports, { urls: { operator: 'https://operator.example' }, sha: 'abc' }, records);
  const read = (file: string): string => readFileSync(join(reports, file), 'utf8');
  expect(JSON.parse(read('smoke.json'))).toMatchObject({
    sha: 'abc',
    verdict: { passed: 1, failed: 1, skipped: 1, notChecked: 1 },
    checks: records,
  });
  expect(read('junit.xml')).toContain('tests="4"\nfailures="1"\nerrors="1"\nskipped="1"');
  expect(read('junit.xml')).toContain('<failure message="One &quot;fault&quot;. Another.">');
  expect(JSON.parse(read('smoke.sarif')).runs[0].results).toMatchObject([
    { ruleId: 'a check that failed', message: { text: 'One "fault".' } },
    {
      message: { text: 'Another.' },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'https://operator.example' } } }],
    },
  ]);
});

test('reports go into a folder, which need not exist yet', () => {
  expect(() => makeReportsFolder('package.json')).toThrow(/package\.json is no folder\. Give --reports a folder\.$/);
  expect(() => makeReportsFolder('package.json/reports')).toThrow(/^The reports cannot be written to .*\(E/);
  expect(() => writeReports('package.json/reports', { urls: {} }, records)).toThrow(
    /^The reports cannot be written to .*\(E/,
  );
});
