import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../fleet/testing.ts';
import { checkLastFailed, runnerArguments, type RunnerSettings } from './runner-arguments.ts';

const remembered = ['--last-failed-file', 'reports/last-run.json'];

test.each<[string, RunnerSettings, selection: string[], others: string[]]>([
  ['nothing', {}, [], remembered],
  ['--grep', { grep: '@memory-sessions' }, ['--grep', '@memory-sessions'], remembered],
  ['--last-failed', { lastFailed: true }, ['--last-failed', ...remembered], []],
  ['--shuffle with a seed', { shuffle: 4100 }, [], [...remembered, '--shuffle=4100']],
  ['--shuffle without one', { shuffle: true }, [], [...remembered, '--shuffle']],
  ['-x', { x: true }, [], [...remembered, '-x']],
  ['--max-failures', { maxFailures: 3 }, [], [...remembered, '--max-failures=3']],
  ['--trace', { trace: 'on' }, [], [...remembered, '--trace', 'on']],
])('with %s the runner selects these tests, and remembers which fail', (_option, options, more, others) => {
  const selection = ['e2e/session', ...more];
  expect(runnerArguments(['e2e/session'], options)).toEqual({ selection, all: [...selection, ...others] });
});

function after(failedTests?: readonly string[]): () => void {
  return () => {
    const root = scratchFolder();
    mkdirSync(join(root, 'reports'));
    if (failedTests) writeFileSync(join(root, 'reports/last-run.json'), JSON.stringify({ failedTests }));
    checkLastFailed(root);
  };
}

test('tests that failed last can be run again; without a run or a failure there is a sentence and no run of the whole suite', () => {
  expect(after(['a'])).not.toThrow();
  expect(after()).toThrow('No run is remembered. Start one with: npm run e2e');
  expect(after([])).toThrow('No test failed in the last run.');
});
