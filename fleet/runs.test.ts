import { expect, test } from 'vitest';
import { checkRunId, newRunId } from './runs.ts';

test.each(['a', 'r4', 'run-1a', 'kept-cluster', '4'.repeat(40), newRunId()])('%s can name a run', (runId) => {
  expect(() => checkRunId(runId)).not.toThrow();
});

test.each(['', 'r4-', '-r4', 'R4', 'a_b', 'a.b', '../x', 'a\n', '4'.repeat(41)])('"%s" cannot', (runId) => {
  expect(() => checkRunId(runId)).toThrow('cannot name a run. Use at most 40 lower-case letters and digits');
});
