import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../fleet/root.ts';

function mutate(...args: string[]) {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/mutate.ts', ...args], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stderr };
}

test('a run without any kind of test is refused', () => {
  expect(mutate('--list', '--no-specs', '--no-unit-tests')).toEqual({
    status: 2,
    stderr: 'error --no-specs and --no-unit-tests together leave no test to run. Leave one of them out.\n',
  });
}, 120_000);

test('a report needs a folder', () => {
  const { status, stderr } = mutate('--list', '--report', '');
  expect(stderr).toMatch(/'--report <folder>' argument '' is invalid. It is empty/);
  expect(status).toBe(2);
}, 120_000);
