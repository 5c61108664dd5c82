import { expect, test } from 'vitest';
import { finding } from './testing.ts';
import { percent, scoreOf, verdictOf, type Finding, type Outcome, type Verdict } from './verdict.ts';

const killed: Outcome = { result: 'killed', killer: 'session/store.spec.ts:12', message: 'Error' };
const timeout: Outcome = { ...killed, result: 'timeout' };
const survived: Outcome = { result: 'survived', tests: 3 };
const notRun: Outcome = { result: 'not run', message: 'no redis-server' };

test.each<[string, Partial<Finding>, Verdict]>([
  ['a rule', { outcomes: { rule: killed, spec: survived } }, 'killed by rule'],
  ['a unit test', { outcomes: { 'unit test': killed, spec: killed } }, 'killed by unit test'],
  ['a spec alone', { outcomes: { 'unit test': survived, spec: killed } }, 'killed by spec'],
  ['a test that does not end', { outcomes: { 'unit test': timeout } }, 'timeout'],
  ['nothing', { outcomes: { 'unit test': survived, spec: survived } }, 'survived'],
  ['nothing, of a reviewed one', { outcomes: { spec: survived }, equivalent: 'the same' }, 'equivalent'],
  ['a spec, of one that is wrongly listed', { outcomes: { spec: killed }, equivalent: 'the same' }, 'killed by spec'],
  ['no attempt', { outcomes: {} }, 'not run'],
  ['an attempt that failed', { outcomes: { 'unit test': survived, spec: notRun } }, 'not run'],
])('noticed by %s', (_what, changes, verdict) => {
  expect(verdictOf(finding('a', changes))).toBe(verdict);
});

test('the score counts neither equivalent mutants nor those that were not run', () => {
  const findings = [
    finding('a', { outcomes: { 'unit test': killed, spec: survived } }),
    finding('b', { outcomes: { spec: killed } }),
    finding('c', { outcomes: { 'unit test': survived, spec: survived } }),
    finding('d', { outcomes: { 'unit test': killed } }),
    finding('e', { outcomes: {}, equivalent: 'the same' }),
    finding('f', { outcomes: { spec: notRun } }),
  ];
  expect(scoreOf(findings)).toEqual({ mutants: 4, killed: 3, triedBySpecs: 3, killedBySpecs: 1 });
});

test('a percentage is never rounded up', () => {
  expect([percent(999, 1000), percent(3, 3), percent(0, 0)]).toEqual(['99 %', '100 %', '-']);
});
