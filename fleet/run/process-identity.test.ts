import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { send } from '../programs.ts';
import {
  ancestorsOf,
  endFamily,
  familyOf,
  identify,
  isAlive,
  processesIn,
  processesWithEnvironment,
  signalTree,
} from './process-identity.ts';

const idle = 'setInterval(() => {}, 1000)';

test('tells a living process from one that ended, and from another with its number', async () => {
  const child = spawn(process.execPath, ['-e', idle], { stdio: 'ignore' });
  const identity = identify(child.pid ?? 0);
  if (!identity) throw new Error('the child has no identity');
  expect(isAlive(identity)).toBe(true);
  expect(isAlive({ ...identity, startTime: 'another' })).toBe(false);
  signalTree({ ...identity, startTime: 'another' }, 'SIGKILL');
  endFamily({ ...identity, startTime: 'another' });
  expect(isAlive(identity)).toBe(true);
  signalTree(identity, 'SIGKILL');
  await once(child, 'exit');
  expect(isAlive(identity)).toBe(false);
  expect(() => signalTree(identity, 'SIGKILL')).not.toThrow();
  expect(() => send(child.pid ?? 0, 'SIGKILL')).not.toThrow();
});

test('finds what a process has started, and what has started it', async () => {
  const program = `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(idle)}]); console.log(c.pid); ${idle}`;
  const child = spawn(process.execPath, ['-e', program], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const [output] = (await once(child.stdout, 'data')) as [Buffer];
  const grandchild = Number(output.toString());
  expect(familyOf(child.pid ?? 0).map(({ pid }) => pid)).toEqual([child.pid, grandchild]);
  expect(ancestorsOf(grandchild).slice(0, 3)).toEqual([grandchild, child.pid, process.pid]);
  const family = familyOf(child.pid ?? 0);
  const [leader] = family;
  if (leader) signalTree(leader, 'SIGKILL');
  await expect.poll(() => family.filter(isAlive)).toEqual([]);
});

test.skipIf(process.platform !== 'linux')(
  'finds processes by a variable of their environment, and by folder',
  async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-test-'));
    const inner = join(folder.path, 'inner');
    mkdirSync(inner);
    const value = `test-${process.pid}`;
    const child = spawn(process.execPath, ['-e', idle], { stdio: 'ignore', cwd: inner, env: { FLEET_MARK: value } });
    await once(child, 'spawn');
    const pids = (found: ReturnType<typeof processesIn>) => found.map(({ pid }) => pid);
    expect(pids(processesWithEnvironment('FLEET_MARK', value))).toEqual([child.pid]);
    expect(pids(processesWithEnvironment('FLEET_MARK', `${value}0`))).toEqual([]);
    expect(pids(processesIn(folder.path))).toEqual([child.pid]);
    expect(pids(processesIn(folder.path.slice(0, -1)))).toEqual([]);
    child.kill('SIGKILL');
    await once(child, 'exit');
  },
);
