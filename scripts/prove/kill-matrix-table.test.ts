import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { Finding } from './kill-matrix.ts';
import { comparisonTable, matrixTable } from './kill-matrix-table.ts';
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
});
