import { expect, test } from 'vitest';
import { CannotRunHere, HarnessError } from '../../fleet/errors.ts';
import { gate } from './gate.ts';
import { finding } from './testing.ts';

const killed = finding('a', {
  outcomes: { spec: { result: 'killed', killer: 'session/store.spec.ts:12', message: 'Error' } },
});
const survived = finding('b', { outcomes: { spec: { result: 'survived', tests: 3 } } });
const failed = finding('c', { outcomes: { spec: { result: 'not run', message: 'no redis-server' } } });
const untried = finding('d');
const equivalent = finding('e', { equivalent: 'the same' });

test.each([
  ['enough are killed', [killed, survived, equivalent], 50, 0],
  ['too few are killed', [killed, survived], 51, 1],
  ['one that was not tried counts as not killed', [killed, untried], 51, 1],
  ['enough are killed even so', [killed, untried], 50, 0],
  ['there is no goal', [killed, failed, untried], undefined, 0],
])('%s', (_what, findings, atLeast, code) => {
  expect(gate(findings, atLeast)).toBe(code);
});

test.each([undefined, 90])('without a counted mutant nothing passes, at least %s', (atLeast) => {
  expect(() => gate([failed, equivalent], atLeast)).toThrow(
    new HarnessError('1 mutant could not be tried, the first because: no redis-server'),
  );
  for (const findings of [[equivalent], [untried], []]) {
    expect(() => gate(findings, atLeast)).toThrow(CannotRunHere);
  }
});

test('a goal is not reached while the harness failed for a mutant', () => {
  expect(() => gate([killed, failed], 50)).toThrow(HarnessError);
});
