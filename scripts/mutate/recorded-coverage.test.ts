import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HarnessError } from '../../fleet/errors.ts';
import { readCoverage } from './recorded-coverage.ts';

function fileWith(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'coverage-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'coverage.json');
  writeFileSync(file, content);
  return file;
}

test('coverage that was recorded is read again', () => {
  const coverage = {
    specs: { 'session/store.spec.ts': 'a1b2' },
    tests: [{ place: 'session/store.spec.ts:12', duration: 900, reached: ['m1'] }],
    start: ['m2'],
    known: ['m1', 'm2'],
  };
  expect(readCoverage(fileWith(JSON.stringify(coverage)))).toEqual(coverage);
});

test('nothing has been recorded without a file', () => {
  expect(readCoverage('/nosuch/coverage.json')).toBeUndefined();
});

test.each(['', '{', '[]', '{"specs":{}}', '{"specs":{},"tests":[{}],"start":[],"known":[]}'])(
  'damaged coverage %j is an error with the command that records it again',
  (content) => {
    const file = fileWith(content);
    expect(() => readCoverage(file)).toThrow(HarnessError);
    expect(() => readCoverage(file)).toThrow(
      /^\/.*coverage\.json cannot be read as coverage of specs \(.+\)\. Record it again with: npm run mutate -- --record$/,
    );
  },
);
