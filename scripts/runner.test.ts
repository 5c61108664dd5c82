import { expect, test } from 'vitest';
import { exitCodeOf } from './runner.ts';

const verdict = { passed: 3, failed: 0, skipped: 0, harnessFaults: 0, errors: [] };

test.each<[string, Partial<Parameters<typeof exitCodeOf>[0]>, number]>([
  ['all pass', {}, 0],
  ['one fails', { failed: 1 }, 1],
  ['one fails and one is the harness’s fault', { failed: 2, harnessFaults: 1 }, 1],
  ['only the harness fails', { failed: 1, harnessFaults: 1 }, 2],
  ['a spec does not load', { errors: ['x'] }, 2],
  ['a test was skipped that should run', { unexpectedSkips: ['x'] }, 2],
  ['nothing ran', { passed: 0 }, 2],
  ['all was skipped', { passed: 0, skipped: 2 }, 77],
])('%s', (_what, changes, code) => {
  expect(exitCodeOf({ ...verdict, ...changes })).toBe(code);
});
