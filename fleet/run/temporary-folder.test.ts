import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../root.ts';
import { temporaryFolder } from './temporary-folder.ts';

const name = 'fleet-test-temporary';
const folders = (): string[] => readdirSync(tmpdir()).filter((each) => each.startsWith(name));

test('is removed with its scope; one that a killed process has left, by the next', () => {
  const killed = `
    const { temporaryFolder } = await import('${join(repositoryRoot, 'fleet/run/temporary-folder.ts')}');
    temporaryFolder('${name}');
    process.kill(process.pid, 'SIGKILL');`;
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', killed]).signal).toBe('SIGKILL');
  const [left] = folders();
  expect(left).toBeDefined();
  {
    using mine = temporaryFolder(name);
    using other = temporaryFolder(name);
    expect(existsSync(join(tmpdir(), left!))).toBe(false);
    expect([mine, other].map(({ path }) => existsSync(path))).toEqual([true, true]);
  }
  expect(folders()).toEqual([]);
});
