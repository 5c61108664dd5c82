import { expect, test } from 'vitest';
import { allMutants } from './choose-mutants.ts';
import { describeSurvivor, reported } from './prove-mutants.ts';

test('a survivor has its diff and the command that shows it, and its verdict in the report', async () => {
  const [planned] = await allMutants(['operator']);
  if (!planned) throw new Error('The apps have no mutant.');
  const { id, file, original } = planned.mutant;
  const finding = { planned, verdict: 'missed', message: '3 tests passed' } as const;
  const text = describeSurvivor(finding);
  expect(text).toMatch(/^ {4}-.*\n(?:.*\n)* {4}\+/m);
  expect(text).toContain(original.split('\n')[0]);
  expect(text).toContain(`npm run prove -- --mutants ${id}`);
  expect(reported(finding)).toMatchObject({ id, file, verdict: 'missed', message: '3 tests passed' });
});
