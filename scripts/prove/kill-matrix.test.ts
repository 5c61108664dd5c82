import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { TestOutcome } from '../../e2e/report/outcome.ts';
import { sampleOutcome } from '../../e2e/report/testing/samples.ts';
import { regressionOf, type Regression } from '../../fixtures/regressions/regression.ts';
import {
  exitCodeOfMatrix,
  judge,
  judgeStart,
  linesOfMatrix,
  summaryOfMatrix,
  type KillMatrix,
  type RegressionFinding,
} from './kill-matrix.ts';

const fault = regressionOf('sessions', 'fault', {
  title: 'A fault',
  explanation: 'It is a fault.',
  change: {},
  caughtBy: { 'session/a': /the session[^]*Received: +401/ },
});
const message = [
  'Error: the session on b',
  'expect(received).toBe(expected) // Object.is equality',
  'Expected: 200\nReceived: 401',
].join('\n\n');
const outcome = (changes: Partial<TestOutcome>): TestOutcome =>
  sampleOutcome({ line: 10, tags: ['fault'], status: 'failed', needs: [], message, ...changes });
const engine = { name: 'local', capabilities: new Set(['kill'] as const) } as const;
const verdictOf = (outcomes: TestOutcome[], regression = fault) => judge(regression, outcomes, engine);
const saying = (regexp: RegExp, more: Partial<Regression> = {}): Regression => ({
  ...fault,
  caughtBy: { 'session/a.spec.ts': regexp },
  ...more,
});

test('a regression is caught when every claiming test fails for the stated reason; those that the engine cannot run are skipped', () => {
  const elsewhere = outcome({ status: 'skipped', needs: ['kubernetes'], message: '' });
  expect(verdictOf([outcome({}), elsewhere])).toMatchObject({
    verdict: 'caught',
    evidence: [{ spec: 'session/a.spec.ts', message: 'the session on b · Expected: 200 · Received: 401' }],
  });
});

test.each<[string, TestOutcome[], RegExp]>([
  ['no test claims it', [outcome({ tags: ['another'] })], /^no test claims it$/],
  ['one claiming test passes, whatever the others do', [outcome({}), outcome({ status: 'passed' })], /passed/],
  [
    'every claiming test was skipped although the engine has what the regression needs',
    [outcome({ status: 'skipped', needs: ['kubernetes'] })],
    /was skipped although the local engine has.*the tests need kubernetes/,
  ],
  [
    'a claiming test was skipped although the engine has what the test needs',
    [outcome({}), outcome({ needs: ['kill'], status: 'skipped' })],
    /"claim" was skipped although the local engine has all that it needs/,
  ],
])('a regression is missed when %s', (_, outcomes, message) => {
  const { verdict, evidence } = verdictOf(outcomes);
  expect(verdict).toBe('missed');
  expect(evidence[0]?.message).toMatch(message);
});

describe('the wrong reason is', () => {
  const rejection = (changes: Partial<TestOutcome>, regression = fault): string => {
    const { verdict, evidence } = verdictOf([outcome(changes)], regression);
    expect(verdict).toBe('wrong reason');
    return evidence[0]?.message ?? '';
  };
  test('an error that the regression does not state', () => {
    expect(rejection({ message: 'Error: the session on b\n\nReceived: 503' })).toMatch(/failed with: the session on b/);
  });
  test('an error in a spec that the regression does not name', () => {
    expect(rejection({ spec: 'session/b.spec.ts' })).toMatch(/failed with: the session on b/);
  });
  test('the label of an assertion alone', () => {
    expect(rejection({}, saying(/the session on b/))).toMatch(/ask for what was received as well/);
  });
  test.each<[string, Partial<TestOutcome>]>([
    ['a timeout', { message: 'Test timeout of 30000ms exceeded.' }],
    ['a timeout', { message: 'TimeoutError: locator.click: Timeout 30000ms exceeded.\nCall log:\n  - waiting' }],
    ['a timeout', { message: 'Error: page.goto: Timeout 30000ms exceeded.' }],
    ['an error of the harness', { message: 'HarnessError: The port is in use.' }],
    ['an error of the harness', { message: 'Error: page.goto: net::ERR_NETWORK_CHANGED at https://a.example/401' }],
    ['an error of a hook or fixture', { from: 'hook' }],
  ])('%s, unless the regression declares it: %o', (what, changes) => {
    const pattern = /(?:exceeded|in use|no Docker|401)/;
    expect(rejection(changes, saying(pattern))).toMatch(`ended by ${what}, which the regression does not declare`);
    const declared = saying(pattern, { endsEarly: { 'session/a.spec.ts': 'It hangs.' } });
    expect(verdictOf([outcome(changes)], declared).verdict).toBe('caught');
  });
  test('not an assertion that tells of a timeout as what it received', () => {
    const timedOut = 'Error: the answer\n\nexpect(received).toBe(expected)\n\nReceived: "Timeout 5000ms exceeded."';
    expect(verdictOf([outcome({ message: timedOut })], saying(/the answer[^]*Timeout 5000ms/)).verdict).toBe('caught');
  });
});

describe('an app that ends as the fleet comes up', () => {
  const message =
    'operator did not start: operator-x was restarted 3 times.\nLast lines of operator-x:\n  Error: no key';
  const ending = { ...fault, caughtBy: {}, preventsStart: /operator did not start[^]*no key/ };
  test('catches a regression that says so', () => {
    expect(judgeStart(ending, message)).toMatchObject({ verdict: 'caught', evidence: [{ spec: 'the fleet' }] });
  });
  test('is the wrong reason when it ends by another error', () => {
    expect(judgeStart(ending, message.replace('no key', 'no disk')).verdict).toBe('wrong reason');
  });
  test('leaves a regression that does not say so without a verdict', () => {
    expect(judgeStart(fault, message).verdict).toBe('not run');
  });
  test('is missed when the fleet comes up all the same', () => {
    expect(verdictOf([], ending)).toMatchObject({ verdict: 'missed', evidence: [{ spec: 'the fleet' }] });
  });
});

const matrix = (verdicts: ReadonlyArray<RegressionFinding['verdict']>, falseAlarms?: string[]): KillMatrix => ({
  engine: 'local',
  chosen: verdicts.length,
  findings: verdicts.map((verdict, index) => ({ regression: `fault-${index}`, verdict, evidence: [], seconds: 1 })),
  ...(falseAlarms ? { falseAlarms } : {}),
});

const [caught, missed] = [matrix(['caught']), matrix(['caught', 'missed'])];
test.each<[string, KillMatrix, code: number, summary?: string]>([
  [
    'when all that the engine can have is caught',
    matrix(['caught', 'not applicable'], []),
    0,
    '1 of 1 caught (1 not applicable), 0 false alarms on the clean fleet.',
  ],
  ['not when one is missed', matrix(['caught', 'missed', 'not run']), 1],
  ['not when one has the wrong reason', matrix(['caught', 'wrong reason', 'not run']), 1],
  ['not when one could not be run, which is no fault of the product', matrix(['caught', 'not run']), 2],
  [
    'not when the run was interrupted',
    { ...caught, chosen: 4 },
    2,
    'Not complete: 3 of 4 regressions were not tried. 1 of 1 caught, clean fleet not run.',
  ],
  ['not when one was missed before the interruption', { ...missed, chosen: 5 }, 1],
  ['not when the clean fleet has a false alarm', matrix(['caught'], ['a.spec.ts: "claim": red']), 1],
  ['not by 0 of 0: nothing was shown', matrix([]), 77],
  [
    'not by one that the engine cannot have',
    matrix(['not applicable'], []),
    77,
    'Nothing is proven: the local engine can have none of them.',
  ],
])('the catalogue is proven %s', (_, of, code, summary = '') => {
  expect(exitCodeOfMatrix(of)).toBe(code);
  expect(summaryOfMatrix(of)).toContain(summary);
});

test('the matrix has each regression with its verdict and time, and the specs that saw it', () => {
  const evidence = [{ spec: 'session/a.spec.ts', message: 'Received: 401' }];
  const finding = { regression: 'fault', verdict: 'caught', evidence, seconds: 200 } as const;
  expect(linesOfMatrix([{ ...finding, evidence }]).map(stripVTControlCharacters)).toEqual([
    'caught         fault (3 min 20 s)',
    '  session/a.spec.ts: Received: 401',
  ]);
});
