import { expect, test } from 'vitest';
import { faults } from './faults.ts';
import { momentNames } from './moments.ts';
import { expectationOf, type Effects, type Needs } from './oracle.ts';

const call: Needs = {
  sees: 'served',
  without: { 'store reads': '503 store-unavailable', 'platform-api': '502' },
  session: 'lives',
};
const noStore: Effects = { breaks: ['store writes', 'store reads'] };

test.each<[string, Effects, Needs, Partial<ReturnType<typeof expectationOf>>]>([
  ['a part that a moment needs is broken', noStore, call, { sees: ['503 store-unavailable'], session: 'lives' }],
  ['a part that it does not need', { breaks: ['token endpoint'] }, call, { sees: ['served'], within: 3 }],
  ['a part that fails for a moment', { degrades: ['platform-api'] }, call, { sees: ['served', '502'], within: 8.5 }],
  [
    'sessions are lost',
    { losesSessions: true },
    call,
    { sees: ['401 missing', 'sign-in page: ended'], session: 'ended' },
  ],
  ['a pod ends', { withoutPod: true }, { ...call, underWay: true }, { session: 'either', within: 10 }],
  ['nobody is signed in', noStore, { sees: 'redirected to Authentik', without: {} }, { session: 'none' }],
])('the oracle when %s', (_what, fault, moment, wanted) => {
  expect(expectationOf(fault, moment)).toMatchObject(wanted);
});

test('each fault and each moment has a name of its own, and no moment is left out of every row of the suite', () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  const tried = new Set<string>(faults.flatMap(({ worst }) => worst));
  // Nothing is sent at this one, and a rollout takes long: the whole matrix has them.
  const others = new Set(['signed in and idle', 'at the start of a sign-in', 'in two apps', 'in a rollout']);
  expect(momentNames.filter((name) => !tried.has(name) && !others.has(name))).toEqual([]);
});
