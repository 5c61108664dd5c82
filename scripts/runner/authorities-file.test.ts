import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { authoritiesFile } from './runner.ts';

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'authorities-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'ca.pem'), text);
  return join(folder, 'ca.pem');
}

test('the authority of the run stays alone when no other is named, or the other cannot be read', () => {
  const own = fileWith('own');
  expect(authoritiesFile(own, '')).toBe(own);
  expect(authoritiesFile(own, '/none/ca.pem')).toBe(own);
});

test('another authority is added in a file of its own', () => {
  const own = fileWith('own');
  expect(readFileSync(authoritiesFile(own, fileWith('another')), 'utf8')).toBe('own\nanother');
  expect(readFileSync(own, 'utf8')).toBe('own');
});
