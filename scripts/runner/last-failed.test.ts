import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkLastFailed } from './last-failed.ts';

const after = (failedTests?: readonly string[]): (() => void) =>
  afterFile(failedTests && JSON.stringify({ failedTests }));

function afterFile(content?: string): () => void {
  return () => {
    using root = mkdtempDisposableSync(join(tmpdir(), 'last-failed-'));
    mkdirSync(join(root.path, 'reports'));
    if (content !== undefined) writeFileSync(join(root.path, 'reports/last-run.json'), content);
    checkLastFailed(root.path);
  };
}

test('tests that failed last can be run again', () => {
  expect(after(['a'])).not.toThrow();
});

test('without a run, or without a failure, there is a sentence and no run of the whole suite', () => {
  expect(after()).toThrow('No run is remembered. Start one with: npm run e2e');
  expect(after([])).toThrow('No test failed in the last run.');
});

test.each(['', '{"status":"fai', '{}', '[]', 'null', '{"failedTests":"a"}'])('%j is no memory of a run', (content) => {
  expect(afterFile(content)).toThrow(
    /last-run\.json cannot be read as the tests that failed last \(.+\)\. Delete it, and run: npm run e2e$/,
  );
});
