import { expect, test } from 'vitest';
import { assertionsIn } from './assertions.ts';

const source = `
test('one', async () => {
  expect(answer.status, 'the status').toBe(200);
  await expect
    .poll(async () => {
      expect(inner).toBe(1);
      return await status();
    })
    .not.toBe(401);
  expected(1);
});
`;
const assertions = assertionsIn('session/a.spec.ts', source);

test('a chain that begins with expect is one assertion, with what is inside of it', () => {
  expect(assertions.map(({ spec, line, text }) => ({ spec, line, text }))).toEqual([
    { spec: 'session/a.spec.ts', line: 3, text: "expect(answer.status, 'the status').toBe(200)" },
    { spec: 'session/a.spec.ts', line: 4, text: expect.stringMatching(/^expect \.poll\(.*\.not\.toBe\(401\)$/) },
  ]);
});

test.each([
  [3, 39, [3]],
  [9, 10, [4]],
  [6, 7, [4]],
  [10, 3, []],
  [99, 1, []],
])('line %i, column %i is in the assertions of lines %j', (line, column, lines) => {
  expect(assertions.filter(({ covers }) => covers(line, column)).map((one) => one.line)).toEqual(lines);
});

test('an assertion has the same id on another line, and another one than its equal in the same spec', () => {
  const ids = (text: string): string[] => assertionsIn('session/a.spec.ts', text).map(({ id }) => id);
  const [first, second] = ids('expect(a).toBe(1);\nexpect(a).toBe(1);');
  expect(ids('\n\nexpect(a)\n  .toBe(1);')).toEqual([first]);
  expect(second).not.toBe(first);
});
