import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../fleet/root.ts';
import { regressions } from '../fixtures/regressions/catalogue.ts';
import type { Finding } from './kill-matrix.ts';
import { comparisonMarkdown, comparisonTable } from './kill-matrix-table.ts';
import type { KillMatrix } from './kill-matrix-verdict.ts';

const matrix = (engine: string, verdicts: Record<string, Finding['verdict']>): KillMatrix => ({
  engine,
  findings: Object.entries(verdicts).map(([regression, verdict]) => ({
    regression,
    verdict,
    evidence: [],
    seconds: 1,
  })),
});
const matrices = [
  matrix('local', { same: 'caught', other: 'caught', elsewhere: 'not applicable' }),
  matrix('k3s', { same: 'caught', other: 'missed', elsewhere: 'caught' }),
];

test('only what both engines can have and judge otherwise is marked', () => {
  const lines = stripVTControlCharacters(comparisonTable(matrices)).split('\n');
  expect(lines.filter((line) => line.includes('differs'))).toEqual([expect.stringContaining('other')]);
  expect(comparisonMarkdown(matrices).split('\n')).toEqual([
    '| regression | local | k3s |',
    '| --- | --- | --- |',
    '| elsewhere | not applicable | caught |',
    '| other | **caught** | **missed** |',
    '| same | caught | caught |',
  ]);
});

test('docs/parity.md, the record of a run, has rows, and each is a regression', async () => {
  const text = readFileSync(join(repositoryRoot, 'docs/parity.md'), 'utf8');
  const rows = [...text.matchAll(/^\| ([a-z][a-z0-9-]+) +\| +(?:caught|missed|not applicable)/gm)].map(
    ([, name]) => name,
  );
  const names = (await regressions()).map(({ name }) => name);
  expect(rows.length, 'rows of docs/parity.md').toBeGreaterThan(0);
  expect(names, 'a row of docs/parity.md that is no regression: remove it').toEqual(expect.arrayContaining(rows));
});
