import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkLastFailed, runnerArguments, type RunnerSettings } from './runner-arguments.ts';

const remembered = ['--last-failed-file', 'reports/last-run.json'];

test('without options the runner remembers which tests fail', () => {
  expect(runnerArguments([], {})).toEqual({ selection: [], all: remembered });
});

test('--grep selects tests, as specs do', () => {
  const selection = ['e2e/session', '--grep', '@memory-sessions'];
  const passedOn = runnerArguments(['e2e/session'], { grep: '@memory-sessions' });
  expect(passedOn).toEqual({ selection, all: [...selection, ...remembered] });
});

test('--last-failed selects tests, and reads and writes the same file', () => {
  const selection = ['--last-failed', ...remembered];
  expect(runnerArguments([], { lastFailed: true })).toEqual({ selection, all: selection });
});

test.each<[string, RunnerSettings, string[]]>([
  ['--shuffle with a seed', { shuffle: 4100 }, ['--shuffle=4100']],
  ['--shuffle without one', { shuffle: true }, ['--shuffle']],
  ['-x', { x: true }, ['-x']],
  ['--max-failures', { maxFailures: 3 }, ['--max-failures=3']],
  ['--trace', { trace: 'on' }, ['--trace', 'on']],
])('%s is passed on, and selects no tests', (_option, options, args) => {
  expect(runnerArguments([], options)).toEqual({ selection: [], all: [...remembered, ...args] });
});

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
