import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { missingIn } from '../../e2e/fixtures/engine-in-use.ts';
import { engineOf } from '../../fleet/engines/engines.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import type { Finding } from './kill-matrix.ts';
import { comparisonMarkdown, comparisonTable, matrixTable } from './kill-matrix-table.ts';
import type { KillMatrix } from './kill-matrix-verdict.ts';

const matrix = (engine: string, verdicts: Record<string, Finding['verdict']>): KillMatrix => ({
  engine,
  chosen: Object.keys(verdicts).length,
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

test.each([80, 120, 200])('the kill matrix fits a terminal of %d columns', (columns) => {
  const evidence = [{ spec: 'session/authentik-outage.spec.ts', message: 'expected 200, received 401 '.repeat(8) }];
  const findings: Finding[] = [
    { regression: 'refreshed-token-stays-in-the-memory-of-one-pod', verdict: 'not applicable', evidence, seconds: 200 },
  ];
  const lines = stripVTControlCharacters(matrixTable(findings, columns)).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  expect(lines.join('')).toContain('3 min 20 s');
});

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

describe('the table of docs/parity.md', async () => {
  const text = readFileSync(join(repositoryRoot, 'docs/parity.md'), 'utf8');
  const [head = [], , ...rows] = text
    .split('\n')
    .slice(text.split('\n').findIndex((line) => line.startsWith('| regression')))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim().replaceAll('*', '')));
  const table = rows.slice(
    0,
    rows.findIndex((cells) => cells.length === 0),
  );
  const all = await regressions();

  test('has a row for each regression, in their order, and no other', () => {
    expect(table.map(([name]) => name)).toEqual(all.map(({ name }) => name));
  });

  test.each(head.slice(1).map((engine, column) => [engine, column + 1] as const))(
    'calls not applicable on %s what lacks there something that the regression needs',
    (engine, column) => {
      const told = table.filter((cells) => cells[column] === 'not applicable').map(([name]) => name);
      const lacking = all.filter(({ needs }) => missingIn(engineOf(engine), needs).length > 0);
      expect(told).toEqual(lacking.map(({ name }) => name));
    },
  );

  test('says for each engine what came of it, or that it was not run', () => {
    const verdicts = /^(?:caught|missed|wrong reason|not applicable|not run(?: yet)?)$/;
    expect(head).toEqual(['regression', 'local', 'k3s']);
    expect(table.filter(([, ...cells]) => cells.length !== 2 || !cells.every((cell) => verdicts.test(cell)))).toEqual(
      [],
    );
  });
});
