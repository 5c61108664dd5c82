import { describe, expect, test } from 'vitest';
import type { CoveredTest } from './coverage-of.ts';
import { mutant } from './testing.ts';
import { attempts, closenessTo, isSwitched, testsFor } from './tests-for.ts';

const at = (line: number, from: number, to: number) => ({ start: { line, column: from }, end: { line, column: to } });
const whole = mutant('whole', { start: { line: 1, column: 0 }, end: { line: 9, column: 1 } });
const inside = mutant('inside', at(5, 2, 8));
const unreached = mutant('unreached', at(20, 0, 5));
const page = mutant('page', { file: 'apps/base/app/middleware/signed-in.global.ts' });
const all = [whole, inside, unreached, page];
const covered = (place: string, reached: string[], duration = 1): CoveredTest => ({ place, duration, reached });
const ids = all.map(({ id }) => id);
const placesFor = (of: typeof whole, tests: CoveredTest[], start: string[] = [], known = ids) =>
  testsFor(of, { tests, start, known }, all).map(({ place }) => place);

describe('a running pod switches to a mutant', () => {
  const candidate = { mutant: inside, family: 'source', ownBuild: false, change: {} } as const;
  const coverage = { start: ['whole'], known: ids };

  test('that requests reach', () => {
    expect(isSwitched(candidate, coverage)).toBe(true);
  });

  test.each([
    ['that is reached when it starts', { ...candidate, mutant: whole }, coverage],
    ['of which that is not known', candidate, { ...coverage, known: [] }],
    ['that acts when it is built', { ...candidate, ownBuild: true }, coverage],
    ['of its manifests', { ...candidate, family: 'manifest' as const }, coverage],
  ])('but not to one %s', (_what, one, recorded) => {
    expect(isSwitched(one, recorded)).toBe(false);
  });
});

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

  test('of code that has changed since the recording are those that reach its file', () => {
    expect(placesFor(unreached, tests, [], [])).toEqual(['a:1', 'b:1']);
  });

  test('of code in the browser, which records nothing, are all that reach any code', () => {
    expect(placesFor(page, tests)).toEqual(['a:1', 'b:1']);
  });
});

test('first come the tests that have killed most, then by turns the closest and the shortest', () => {
  const tests = Array.from({ length: 8 }, (_, index) => covered(`t:${index}`, [], index));
  const kills = new Map([['t:6', 2]]);
  const closeness = new Map([
    ['t:5', 3],
    ['t:7', 9],
  ]);
  const [first = [], rest = []] = attempts(tests, { kills, closeness });
  expect(first).toEqual(['t:6', 't:7', 't:0', 't:5', 't:1', 't:2']);
  expect(rest).toEqual(['t:3', 't:4']);
  expect(attempts(tests, { kills, closeness, most: 2 })).toEqual([['t:6', 't:7']]);
  expect(attempts([], { kills, closeness })).toEqual([]);
});

test('a test is the closer to a file, the fewer others reach what it reaches there', () => {
  const tests = [covered('a:1', ['whole', 'inside']), covered('b:1', ['whole']), covered('c:1', ['page'])];
  expect(closenessTo(whole.file, { tests, start: [], known: ids }, all)).toEqual(
    new Map([
      ['a:1', 1.5],
      ['b:1', 0.5],
      ['c:1', 0],
    ]),
  );
});
