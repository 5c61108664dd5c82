import { expect, test } from 'vitest';
import { HarnessError } from '../errors.ts';
import { objectsIn } from './read-objects.ts';

/** Nine nested levels of aliases with nine entries each, too large to expand ("billion laughs"). */
const yamlBomb = [
  'apiVersion: v1',
  'kind: ConfigMap',
  'metadata: { name: bomb }',
  'a0: &a0 [x, x, x, x, x, x, x, x, x]',
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `a${n}: &a${n} [${Array.from({ length: 9 }, () => `*a${n - 1}`).join(', ')}]`),
].join('\n');

test('a file whose aliases would fill the memory is refused by name, without its text', () => {
  let error: unknown;
  try {
    objectsIn('secrets.yaml', yamlBomb);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(HarnessError);
  expect((error as Error).message).toMatch(/^secrets\.yaml cannot be used: .*alias/);
});

const secretOf = (keys: readonly string[]): string =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n${keys.map((key) => `  ${key}: hunter2\n`).join('')}`;

test('a key that is written twice is told by its line, without its value', () => {
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n---\n${secretOf(['A', 'B', 'A'])}`;
  expect(() => objectsIn('secrets.yaml', text)).toThrow(
    'secrets.yaml is not YAML: line 13 has DUPLICATE_KEY. Correct that line.',
  );
});
