import { expect, test } from 'vitest';
import { sampleOutcome } from '../../e2e/report/testing/samples.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import type { RegressionFinding } from '../prove/kill-matrix.ts';
import { catalogueSection, gateSection, packagesSection, suiteSection, workarounds } from './report.ts';

const lock = (packages: Record<string, string>): string =>
  JSON.stringify({
    packages: Object.fromEntries(
      Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version }]),
    ),
  });

test('packages that were added, removed and changed', () => {
  const { title, lines } = packagesSection(
    lock({ a: '1.0.0', b: '1.0.0', c: '1.0.0' }),
    lock({ a: '1.0.0', b: '2.0.0', d: '1.0.0' }),
  );
  expect(title).toBe('Packages: 1 added, 1 removed, 1 changed.');
  expect(lines).toEqual(['b 1.0.0 → 2.0.0', 'c 1.0.0 → gone', 'd new → 1.0.0']);
});

test('a gate that fails says which check, and what it printed', () => {
  const stdout =
    '✓ format 1 s\n✗ types 2 s\na.ts: error TS1: no\n✓ lint 1 s\n2 of 3 passed\n✗ portal  its certificate\n';
  expect(gateSection(false, stdout)).toMatchObject({ lines: ['✗ types 2 s', 'a.ts: error TS1: no'], differs: true });
  expect(gateSection(true, stdout)).toMatchObject({ lines: [], differs: false });
});

const failed = (title: string, message: string) => sampleOutcome({ title, status: 'failed', message });

test('tests that fail only with the change are grouped by what was seen; those that fail today are counted', () => {
  const tests = [
    failed('a', 'Error: no'),
    failed('b', 'Error: no'),
    failed('c', 'Error: late'),
    sampleOutcome({ title: 'd' }),
  ];
  const { title, lines, differs } = suiteSection(tests, [failed('c', 'Error: late')]);
  expect(title).toBe('What users would see: 2 of 4 tests differ, 1 are red today as well.');
  expect(lines[0]).toBe('2 tests: no');
  expect(lines).toHaveLength(3);
  expect(differs).toBe(true);
  expect(suiteSection(tests.slice(3), []).differs).toBe(false);
  const early = suiteSection([...tests.slice(3), sampleOutcome({ title: 'e', status: 'not run' })], []);
  expect(early).toMatchObject({ title: 'What users would see: 0 of 1 tests differ, 1 did not run.', differs: true });
});

test('a workaround without which nothing fails is unnecessary; other regressions are no longer noticed', () => {
  const finding = (regression: string, verdict: RegressionFinding['verdict']) => ({
    regression,
    verdict,
    evidence: [],
    seconds: 1,
  });
  const names = ['login-csrf', 'memory-sessions', 'missing-ttl'];
  const is = names.map((name) => finding(name, 'missed'));
  const { title, lines } = catalogueSection(is, [finding('login-csrf', 'caught'), finding('missing-ttl', 'missed')]);
  expect(title).toBe('Regressions: 0 of 3 are caught, 2 only today.');
  expect(lines.map((line) => line.split(' (')[0])).toEqual([
    'Workarounds that this version may make unnecessary:',
    '  login-csrf',
    'No longer caught for the stated reason:',
    '  memory-sessions',
  ]);
});

test('the list of workarounds names regressions of the catalogue, for each but the two that have none', () => {
  const names = new Set(regressions().map(({ name }) => name));
  expect([...workarounds()].filter((name) => !names.has(name))).toEqual([]);
  expect(workarounds().size).toBe(13);
});
