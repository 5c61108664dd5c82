import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { RegressionFinding } from './kill-matrix.ts';
import { matrixTable } from './kill-matrix-table.ts';

test.each([80, 200])('the kill matrix fits a terminal of %d columns', (columns) => {
  const evidence = [{ spec: 'session/authentik-outage.spec.ts', message: 'expected 200, received 401 '.repeat(8) }];
  const findings: RegressionFinding[] = [
    { regression: 'refreshed-token-stays-in-the-memory-of-one-pod', verdict: 'not applicable', evidence, seconds: 200 },
  ];
  const lines = stripVTControlCharacters(matrixTable(findings, columns)).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  expect(lines.join('')).toContain('3 min 20 s');
});
