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
  [3, 10, []],
  [5, 21, []],
  [6, 7, []],
  [10, 3, []],
  [99, 1, []],
])('line %i, column %i is in the assertions of lines %j', (line, column, lines) => {
  expect(assertions.filter(({ covers }) => covers(line, column)).map((one) => one.line)).toEqual(lines);
});

const idsOf = (text: string): string[] => assertionsIn('session/a.spec.ts', text).map(({ id }) => id);

test('an assertion has the same id on another line', () => {
  expect(idsOf('\n\nexpect(a)\n  .toBe(1);')).toEqual(idsOf('expect(a).toBe(1);'));
});

test('equal assertions have different ids, by their test and their number in it', () => {
  const [a, b] = ['a', 'b'].map((title) => `test('${title}', () => { expect(x).toBe(1); expect(x).toBe(1); });`);
  const both = idsOf(`${a}${b}`);
  expect(new Set(both).size).toBe(4);
  expect(both.slice(2), 'when the first test is deleted').toEqual(idsOf(b ?? ''));
});
