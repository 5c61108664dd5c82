import { mkdtempDisposableSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFindings, reportOf, summaryTable, writeReport } from './report.ts';
import { finding, mutant } from './testing.ts';

const killed = finding('a', {
  outcomes: { spec: { result: 'killed', killer: 'session/store.spec.ts:12', message: 'expected 200' } },
});
const survived = finding('b', {
  mutant: mutant('b', { file: 'fleet/apps/operator.yaml' }),
  outcomes: { spec: { result: 'survived', tests: 4 } },
});

test('the report has each mutant in its file, with what noticed it', () => {
  const { files, schemaVersion } = reportOf([killed, survived], (file) => `source of ${file}`);
  expect(schemaVersion).toBe('2');
  expect(files['apps/base/server/sessions/idle.ts']).toMatchObject({
    language: 'typescript',
    source: 'source of apps/base/server/sessions/idle.ts',
    mutants: [
      {
        id: 'a',
        status: 'Killed',
        location: { start: { line: 1, column: 1 }, end: { line: 1, column: 6 } },
        statusReason: 'killed by spec\nspec: session/store.spec.ts:12: expected 200',
      },
    ],
  });
  expect(files['fleet/apps/operator.yaml']).toMatchObject({ language: 'yaml', mutants: [{ status: 'Survived' }] });
});

test('the page needs no other file, and no text of a source ends its script', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'report-'));
  const evil = finding('c', { mutant: mutant('c', { replacement: '</script><b>' }) });
  writeReport(folder.path, [evil]);
  const page = readFileSync(join(folder.path, 'index.html'), 'utf8');
  expect(page).toContain('mutation-test-report-app');
  expect(page).not.toContain('</script><b>');
  expect(page).not.toMatch(/<(?:script|link)[^>]+(?:src|href)=/);
});

test('reports of parts and of kinds of tests are merged', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'report-'));
  const [one, two] = [join(folder.path, '1'), join(folder.path, '2')];
  const byUnitTest = finding('a', { outcomes: { 'unit test': { result: 'survived', tests: 2 } } });
  writeReport(one, [byUnitTest, survived]);
  writeReport(two, [killed]);
  expect(readFindings([join(one, 'findings.json'), join(two, 'findings.json')])).toEqual([
    { ...killed, outcomes: { ...byUnitTest.outcomes, ...killed.outcomes }, seconds: 2 },
    survived,
  ]);
  expect(() => readFindings([join(folder.path, 'none.json')])).toThrow(/Name a findings.json/);
});

test('the summary has a line for each file, and one for all', () => {
  const table = summaryTable([killed, survived]);
  expect(table).toMatch(/idle\.ts.*100 %/);
  expect(table).toMatch(/operator\.yaml.*0 %/);
  expect(table).toMatch(/all.*50 %/);
});
