import { mkdtempDisposableSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { HarnessError } from '../../fleet/errors.ts';
import { readJson, writeJson } from './json-file.ts';

const schema = z.object({ a: z.number() });
const remedy = 'Delete it, and run: npm run prove';
const words = { what: 'a number', remedy };

test('what is written is read again, and no draft is left', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'json-file-'));
  const file = join(folder.path, 'below', 'a.json');
  expect(readJson(file, schema, words), 'when there is none').toBeUndefined();
  writeJson(file, { a: 1 });
  writeJson(file, { a: 2 });
  expect(readJson(file, schema, words)).toEqual({ a: 2 });
  expect(readdirSync(join(folder.path, 'below'))).toEqual(['a.json']);
});

test.each(['', 'null', '[]', '{}', '{"a":', '{"a":"x"}'])('%j is refused with a sentence', (text) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'json-file-'));
  const file = join(folder.path, 'a.json');
  writeFileSync(file, text);
  expect(() => readJson(file, schema, words)).toThrow(HarnessError);
  expect(() => readJson(file, schema, words)).toThrow(
    new RegExp(`a.json cannot be read as a number \\(.+\\)\\. ${remedy}$`),
  );
});
