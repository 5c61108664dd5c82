import { expect, test } from 'vitest';
import { HarnessError } from '../errors.ts';
import { yamlBomb } from '../yaml-bomb.ts';
import { objectsIn } from './read-objects.ts';

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
