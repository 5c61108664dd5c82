import { spawnSync } from 'node:child_process';
import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
});

test('a report needs a folder', () => {
  const { status, stderr } = mutate('--list', '--report', '');
  expect(stderr).toMatch(/'--report <folder>' argument '' is invalid. It is empty/);
  expect(status).toBe(2);
});

test('findings that nobody can read are refused in a sentence', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'report-'));
  const file = join(folder.path, 'findings.json');
  writeFileSync(file, '[null]');
  const { status, stderr } = mutate('--report', folder.path, '--merge', file);
  expect(stderr).toMatch(/^error .*findings\.json cannot be read as findings.*\n$/);
  expect(status).toBe(2);
});
