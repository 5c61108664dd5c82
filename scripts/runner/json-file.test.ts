import { mkdtempDisposableSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeJson } from './json-file.ts';

test('what is written is read again, and no draft is left', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'json-file-'));
  const file = join(folder.path, 'below', 'a.json');
  writeJson(file, { a: 1 });
  writeJson(file, { a: 2 });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ a: 2 });
  expect(readdirSync(join(folder.path, 'below'))).toEqual(['a.json']);
});
