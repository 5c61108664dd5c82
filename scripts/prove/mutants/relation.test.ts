import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { relationTo } from './relation.ts';

test('a test whose title shares rare words with the changed line says more about it than others', () => {
  const file = 'apps/base/server/http/body.ts';
  const line =
    1 +
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((each) => each.includes('isTooLarge'));
  const titles = [
    'a large body is rejected',
    'a body is read',
    'a session lasts',
    'a session ends',
    'a user signs out',
  ];
  const tests = titles.map((title, index) => ({ spec: 'a.spec.ts', title, line: index, tags: [], requirements: [] }));
  const relation = relationTo({ file, start: { line, column: 0 } }, tests);
  const [large, body, session] = tests.map((each) => relation(`${each.spec}:${each.line}`));
  expect(large).toBeGreaterThan(body!);
  expect(body).toBeGreaterThan(session!);
  expect(session).toBe(0);
});
