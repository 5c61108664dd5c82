import { expect, test } from 'vitest';
import type { Mutant } from '../../fleet/build/mutants.ts';
import type { Finding } from './kill-matrix.ts';
import { assertionsIn } from './assertions.ts';
import { assertionsToProve, evidenceText, failedAt, redAssertions, redByMutants } from './evidence.ts';

const spec = 'session/a.spec.ts';
const assertions = assertionsIn(spec, 'expect(a).toBe(1);\nexpect(b).toBe(2);\n');
const caught: Finding = {
  regression: 'fault',
  verdict: 'caught',
  evidence: [{ spec, message: 'Received: 401' }],
  red: [
    {
      spec,
      title: 'a session on both pods',
      message: 'Received: 401',
      at: [`${spec}:2:11`, 'models/app.ts:1:1'],
      laterAt: [`${spec}:1:11`],
    },
  ],
  seconds: 1,
};

const [a, b] = assertions.map(({ id }) => id);

test('assertions that failed first are known apart from those that failed after another one', () => {
  expect(redAssertions(assertions, caught)).toEqual({ first: [b], later: [a] });
  expect(redAssertions(assertions, { verdict: 'caught' })).toEqual({ first: [], later: [] });
  expect(redAssertions(assertions, { ...caught, verdict: 'wrong reason' })).toEqual({ first: [], later: [a, b] });
});

test('what failed in a test without a claim is known apart as well', () => {
  expect(redAssertions(assertions, { verdict: 'caught', redElsewhere: [`${spec}:2:11`] })).toEqual({
    first: [],
    later: [b],
  });
  expect(redAssertions(assertions, { ...caught, redElsewhere: [`${spec}:2:11`] })).toEqual({ first: [b], later: [a] });
});

test('a position in another spec proves nothing', () => {
  expect(failedAt(assertions, ['session/b.spec.ts:2:11'])).toEqual([]);
});

test('an assertion at which a mutant was noticed is proven, and a mutant that survives proves none', () => {
  const mutant = { mutant: {} as Mutant, seconds: 1 };
  const killed = { result: 'killed', killer: `${spec}:2`, message: '', red: ['an id'] } as const;
  const found = [
    { ...mutant, outcomes: { spec: killed } },
    { ...mutant, outcomes: { spec: { result: 'survived', tests: 4 } } } as const,
    { ...mutant, outcomes: { 'unit test': { ...killed, red: ['of a unit test'] } } },
  ];
  expect(redByMutants(found)).toEqual(['an id']);
});

test('every claiming test with its message, or why there is none', () => {
  const missed: Finding = {
    regression: 'another',
    verdict: 'missed',
    evidence: [{ spec: '', message: 'no test claims it' }],
    seconds: 1,
  };
  expect(evidenceText([caught, missed]).split('\n')).toEqual([
    'another: missed',
    '  no test claims it',
    'fault: caught',
    '  session/a.spec.ts: a session on both pods',
    '    Received: 401',
  ]);
});

test('the specs have assertions to prove', () => {
  expect(assertionsToProve().length).toBeGreaterThan(100);
});
