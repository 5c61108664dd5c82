import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkLastFailed } from './last-failed.ts';

function after(failedTests?: readonly string[]): () => void {
  return () => {
    using root = mkdtempDisposableSync(join(tmpdir(), 'last-failed-'));
    mkdirSync(join(root.path, 'reports'));
    if (failedTests) writeFileSync(join(root.path, 'reports/last-run.json'), JSON.stringify({ failedTests }));
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
