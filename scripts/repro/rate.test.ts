import { expect, test } from 'vitest';
import { regressionNamed } from '../../fixtures/regressions/catalogue.ts';
import type { Attempt } from './attempt.ts';
import { isRight, withoutPods } from './rate.ts';
import { callBy, exchanges } from './testing/exchanges.ts';

const [fault, rival] = await Promise.all(
  ['memory-sessions', 'logout-clears-store'].map((name) => regressionNamed(name)),
);

/** Replays of a recording of 4 requests: how many were answered as recorded, by fault; '' is none. */
const attempts = (fits: Record<string, number>): Map<string, Attempt> =>
  new Map(
    Object.entries(fits).map(([name, count]) => [
      name,
      {
        assignment: 'as recorded',
        plan: { steps: [], hasRoles: true },
        fit: { fits: count, of: 4, others: [], shows: true },
        replays: 1,
      },
    ]),
  );

test.each<[what: string, fits: Record<string, number>, first: 'fault' | 'rival', right: boolean]>([
  ['the recorded fault alone fits', { '': 2, [fault!.name]: 4, [rival!.name]: 3 }, 'rival', true],
  ['it is named first of two that fit', { '': 2, [fault!.name]: 4, [rival!.name]: 4 }, 'fault', true],
  ['another one that fits is named first', { '': 2, [fault!.name]: 4, [rival!.name]: 4 }, 'rival', false],
  ['another one alone fits', { '': 2, [fault!.name]: 3, [rival!.name]: 4 }, 'fault', false],
  ['none fits', { '': 2, [fault!.name]: 3 }, 'fault', false],
  ['no fault is needed', { '': 4, [fault!.name]: 4 }, 'fault', false],
  ['it was not played without a fault', { [fault!.name]: 4 }, 'fault', false],
])('a recording counts as right or wrong when %s', (_, fits, first, right) => {
  const candidates = first === 'fault' ? [fault!, rival!] : [rival!, fault!];
  expect(isRight({ fault: fault!, candidates, attempts: attempts(fits) })).toBe(right);
});

test('without the names of pods an exchange has no revision either', () => {
  const [exchange] = exchanges([{ ...callBy('operator-1-a', 0, 401), revision: '1.0.0' }]);
  expect(exchange!.received.get('x-served-by')).toBe('operator-1-a');
  const { received, status } = withoutPods(exchange!);
  expect([received.get('x-served-by'), received.get('x-revision'), status]).toEqual([null, null, 401]);
});
