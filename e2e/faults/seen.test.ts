import { expect, test } from 'vitest';
import { faults, wantedAt } from './faults.ts';
import { momentNames } from './moments.ts';
import { readSeen, type SeenMatrix } from './seen.ts';

/** Published cells whose fault, moment or outcome no longer exists or is no longer allowed. */
const outdated = (cells: SeenMatrix['cells']): string[] =>
  Object.entries(cells).flatMap(([name, its]) =>
    Object.entries(its).flatMap(([moment, saw]) => {
      const fault = faults.find((each) => each.name === name);
      const known = momentNames.find((each) => each === moment);
      const allowed: readonly string[] = fault && known ? wantedAt(fault, known).sees : [];
      return saw.split(', ').every((what) => allowed.includes(what)) ? [] : [`${name}: ${moment}: ${saw}`];
    }),
  );

test.each(Object.entries(readSeen()))(
  'each published result on %s is of an existing fault and moment, and allowed',
  (_, seen) => {
    expect(outdated(seen.cells), 'run the matrix again: npm run e2e -- --matrix').toEqual([]);
  },
);

test('each cell is published as it was seen on the local engine, which can try all of them', () => {
  const cells: SeenMatrix['cells'] = readSeen().local?.cells ?? {};
  const missing = faults.flatMap(({ name }) =>
    momentNames.filter((moment) => cells[name]?.[moment] === undefined).map((moment) => `${name}: ${moment}`),
  );
  expect(missing, 'run the matrix again: npm run e2e -- --matrix').toEqual([]);
});

test('a renamed fault, a renamed moment and an outcome that is no longer allowed are found', () => {
  const cells = { 'Redis hung': { 'in a call': 'served' }, 'Redis hangs': { 'in a call': 'served' } };
  expect(outdated(cells)).toEqual(['Redis hung: in a call: served', 'Redis hangs: in a call: served']);
  expect(outdated({ 'Redis hangs': { 'in a cal': '503 store-unavailable' } as object })).toHaveLength(1);
});
