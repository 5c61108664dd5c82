import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { canonical, forgetOldArchives } from './images.ts';

test.each([
  ['redis:7', 'docker.io/library/redis:7'],
  ['dezky/operator:abc', 'docker.io/dezky/operator:abc'],
  ['ghcr.io/owner/name:1', 'ghcr.io/owner/name:1'],
  ['localhost/name:1', 'localhost/name:1'],
  ['registry:5000/name:1', 'registry:5000/name:1'],
])('containerd writes %s as %s', (reference, written) => {
  expect(canonical(reference)).toBe(written);
});

test('of the archives the newest stay, and of the drafts those that somebody writes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'archives-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  // A number above the highest pid on Linux.
  const names = ['1.tar', '2.tar', '3.tar', '4.tar', '4.tar.lock', '5.tar.4194305', `6.tar.${process.pid}`];
  for (const [age, name] of names.entries()) {
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), age, age);
  }
  await forgetOldArchives(folder);
  expect(readdirSync(folder).toSorted()).toEqual(['2.tar', '3.tar', '4.tar', '4.tar.lock', `6.tar.${process.pid}`]);
});
