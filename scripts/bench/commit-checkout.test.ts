import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempDisposableSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeAbandonedCheckouts } from './commit-checkout.ts';

test('checkouts of commands that were killed are removed, and nothing else', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'checkouts-'));
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const [abandoned, inUse, other] = [
    `dezky-commit-${dead}-aB3dE6`,
    `dezky-commit-${process.pid}-aB3dE6`,
    'dezky-other',
  ];
  for (const name of [abandoned, inUse, other]) mkdirSync(join(folder.path, name, 'node_modules'), { recursive: true });
  await removeAbandonedCheckouts(folder.path);
  expect(readdirSync(folder.path).toSorted()).toEqual([inUse, other]);
});
