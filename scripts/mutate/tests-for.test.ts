import { describe, expect, test } from 'vitest';
import type { CoveredTest } from './spec-coverage.ts';
import { mutant } from './testing.ts';
import { attempts, testsFor } from './tests-for.ts';

const at = (line: number, from: number, to: number) => ({ start: { line, column: from }, end: { line, column: to } });
const whole = mutant('whole', { start: { line: 1, column: 0 }, end: { line: 9, column: 1 } });
const inside = mutant('inside', at(5, 2, 8));
const unreached = mutant('unreached', at(20, 0, 5));
const page = mutant('page', { file: 'apps/base/app/middleware/signed-in.global.ts' });
const all = [whole, inside, unreached, page];
const covered = (place: string, reached: string[], duration = 1): CoveredTest => ({ place, duration, reached });
const placesFor = (of: typeof whole, tests: CoveredTest[], start: string[] = []) =>
  testsFor(of, { tests, start }, all).map(({ place }) => place);

describe('the tests for a mutant', () => {
  const tests = [covered('a:1', ['inside']), covered('b:1', ['whole']), covered('c:1', ['other'])];

  test('are those that reach it', () => {
    expect(placesFor(inside, tests)).toEqual(['a:1']);
  });

  test('of code that runs at the start of a pod are those that reach what is inside of it', () => {
    expect(placesFor(whole, tests, ['whole'])).toEqual(['a:1']);
  });

  test('of code that no request reaches are none', () => {
    expect(placesFor(unreached, tests)).toEqual([]);
  });

  test('of code in the browser, which records nothing, are all that reach any code', () => {
    expect(placesFor(page, tests)).toEqual(['a:1', 'b:1']);
  });
});

test('first come the tests that have killed most, then the shortest of each spec file', () => {
  const tests = [
    covered('a:1', [], 1),
    covered('a:2', [], 2),
    covered('b:1', [], 5),
    covered('c:1', [], 3),
    covered('c:2', [], 9),
    covered('d:1', [], 4),
    covered('d:2', [], 99),
  ];
  const [first = [], rest = []] = attempts(tests, new Map([['c:2', 2]]));
  expect(first).toEqual(['c:2', 'a:1', 'c:1', 'd:1', 'b:1', 'a:2']);
  expect(rest).toEqual(['d:2']);
  expect(attempts(tests, new Map(), 2)).toEqual([['a:1', 'c:1']]);
  expect(attempts([], new Map())).toEqual([]);
});
