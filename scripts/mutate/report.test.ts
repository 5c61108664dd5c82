import { mkdtempDisposableSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { progress } from '../command/run-command.ts';
import { earlierFindings, merged, readFindings, reportOf, summaryTable, writeFindings, writeReport } from './report.ts';
import { finding, mutant } from './testing.ts';

vi.mock('../command/run-command.ts', () => ({ progress: vi.fn() }));

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
  expect(files['apps/base/server/sessions/session-times.ts']).toMatchObject({
    language: 'typescript',
    source: 'source of apps/base/server/sessions/session-times.ts',
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

test('of two attempts the later counts, also for what is known of the mutant itself', () => {
  const moved = { ...survived, mutant: { ...survived.mutant, start: { line: 7, column: 0 } } };
  expect(merged([{ ...survived, equivalent: 'the same' }, moved])).toEqual([{ ...moved, seconds: 2 }]);
});

test('findings are written without a report, and a reader never sees a part of them', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'report-'));
  const report = join(folder.path, 'new');
  writeFindings(report, [killed]);
  const before = readFileSync(join(report, 'findings.json'), 'utf8');
  const circle: { seconds: number; self?: unknown } = { seconds: 1 };
  circle.self = circle;
  expect(() => writeFindings(report, [{ ...survived, ...circle }])).toThrow(/circular/);
  expect(readFileSync(join(report, 'findings.json'), 'utf8')).toBe(before);
  expect(readdirSync(report)).toEqual(['findings.json']);
});

test('one mutant is added to a report that exists; mutants that no longer exist leave it', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'report-'));
  const gone = finding('gone');
  const moved = { ...survived.mutant, start: { line: 7, column: 0 } };
  expect(earlierFindings(folder.path, [])).toEqual([]);
  writeFindings(folder.path, [killed, survived, gone]);
  expect(earlierFindings(folder.path, [killed.mutant, moved])).toEqual([killed, { ...survived, mutant: moved }]);
});

const inFile = (file: string) => JSON.stringify([finding('a', { mutant: mutant('a', { file }) })]);

test.each([
  ['null', 'null'],
  ['an object', '{}'],
  ['a list of nothing', '[null]'],
  ['a part of a file', JSON.stringify([killed]).slice(0, 40)],
  ['an outcome without its test', JSON.stringify([{ ...killed, outcomes: { spec: { result: 'killed' } } }])],
  ['a path out of the repository', inFile('apps/../../shadow')],
  ['an absolute path', inFile('/etc/shadow')],
])('%s is refused as findings in one sentence', (_what, text) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'report-'));
  const file = join(folder.path, 'findings.json');
  writeFileSync(file, text);
  expect(() => readFindings([file])).toThrow(/^\S+findings\.json cannot be read as findings \(.+\)\. [^\n]+$/);
});

test('mutants of a file that no longer exists are left out in a sentence', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'report-'));
  const file = join(folder.path, 'findings.json');
  writeFindings(folder.path, [killed, finding('c', { mutant: mutant('c', { file: 'apps/gone.ts' }) })]);
  expect(readFindings([file])).toEqual([killed]);
  expect(vi.mocked(progress).mock.lastCall).toEqual([
    `${file}: mutants of apps/gone.ts are left out, because it is no file of the repository today.`,
  ]);
});

test('the summary has a line for each file, and one for all', () => {
  const table = summaryTable([killed, survived]);
  expect(table).toMatch(/idle\.ts.*100 %/);
  expect(table).toMatch(/operator\.yaml.*0 %/);
  expect(table).toMatch(/all.*50 %/);
});
