import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { RegressionFinding } from './kill-matrix.ts';
import { exitCodeOfMatrix, linesOfMatrix, summaryOfMatrix, type KillMatrix } from './kill-matrix-verdict.ts';

const matrix = (verdicts: ReadonlyArray<RegressionFinding['verdict']>, falseAlarms?: string[]): KillMatrix => ({
  engine: 'local',
  chosen: verdicts.length,
  findings: verdicts.map((verdict, index) => ({ regression: `fault-${index}`, verdict, evidence: [], seconds: 1 })),
  ...(falseAlarms ? { falseAlarms } : {}),
});

describe('the catalogue is proven', () => {
  test('when all that the engine can have is caught', () => {
    expect(exitCodeOfMatrix(matrix(['caught', 'not applicable'], []))).toBe(0);
    expect(summaryOfMatrix(matrix(['caught', 'not applicable'], []))).toBe(
      '1 of 1 caught (1 not applicable), 0 false alarms on the clean fleet.',
    );
  });
  test.each(['missed', 'wrong reason'] as const)('not when one is %s', (verdict) => {
    expect(exitCodeOfMatrix(matrix(['caught', verdict, 'not run']))).toBe(1);
  });
  test('not when one could not be run, which is no fault of the product', () => {
    expect(exitCodeOfMatrix(matrix(['caught', 'not run']))).toBe(2);
  });
  test('not when the run was interrupted, and the summary says so', () => {
    const interrupted = { ...matrix(['caught', 'caught']), chosen: 5 };
    expect(exitCodeOfMatrix(interrupted)).toBe(2);
    expect(summaryOfMatrix(interrupted)).toBe(
      'Not complete: 3 of 5 regressions were not tried. 2 of 2 caught, clean fleet not run.',
    );
    expect(exitCodeOfMatrix({ ...matrix(['caught', 'missed']), chosen: 5 })).toBe(1);
  });
  test('not when the clean fleet has a false alarm', () => {
    expect(exitCodeOfMatrix(matrix(['caught'], ['a.spec.ts: "claim": red']))).toBe(1);
  });
  test('not by 0 of 0: nothing was shown', () => {
    expect(exitCodeOfMatrix(matrix([]))).toBe(77);
    expect(exitCodeOfMatrix(matrix(['not applicable'], []))).toBe(77);
    expect(summaryOfMatrix(matrix(['not applicable'], []))).toBe(
      'Nothing is proven: the local engine cannot have the regression.',
    );
  });
});

test('the matrix has each regression with its verdict and time, and the specs that saw it', () => {
  const evidence = [{ spec: 'session/a.spec.ts', message: 'Received: 401' }];
  const finding = { regression: 'fault', verdict: 'caught', evidence, seconds: 200 } as const;
  expect(linesOfMatrix([{ ...finding, evidence }]).map(stripVTControlCharacters)).toEqual([
    'caught         fault (3 min 20 s)',
    '  session/a.spec.ts: Received: 401',
  ]);
});
