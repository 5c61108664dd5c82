import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { RegressionFinding } from './kill-matrix.ts';
import { exitCodeOfMatrix, linesOfMatrix, summaryOfMatrix, type KillMatrix } from './kill-matrix-verdict.ts';

const matrix = (verdicts: ReadonlyArray<RegressionFinding['verdict']>, falseAlarms?: string[]): KillMatrix => ({
  engine: 'local',
  chosen: verdicts.length,
  findings: verdicts.map((verdict, index) => ({ regression: `fault-${index}`, verdict, evidence: [], seconds: 1 })),
  ...(falseAlarms ? { falseAlarms } : {}),
});

const [caught, missed] = [matrix(['caught']), matrix(['caught', 'missed'])];
test.each<[string, KillMatrix, code: number, summary?: string]>([
  [
    'when all that the engine can have is caught',
    matrix(['caught', 'not applicable'], []),
    0,
    '1 of 1 caught (1 not applicable), 0 false alarms on the clean fleet.',
  ],
  ['not when one is missed', matrix(['caught', 'missed', 'not run']), 1],
  ['not when one has the wrong reason', matrix(['caught', 'wrong reason', 'not run']), 1],
  ['not when one could not be run, which is no fault of the product', matrix(['caught', 'not run']), 2],
  [
    'not when the run was interrupted',
    { ...caught, chosen: 4 },
    2,
    'Not complete: 3 of 4 regressions were not tried. 1 of 1 caught, clean fleet not run.',
  ],
  ['not when one was missed before the interruption', { ...missed, chosen: 5 }, 1],
  ['not when the clean fleet has a false alarm', matrix(['caught'], ['a.spec.ts: "claim": red']), 1],
  ['not by 0 of 0: nothing was shown', matrix([]), 77],
  [
    'not by one that the engine cannot have',
    matrix(['not applicable'], []),
    77,
    'Nothing is proven: the local engine cannot have the regression.',
  ],
])('the catalogue is proven %s', (_, of, code, summary = '') => {
  expect(exitCodeOfMatrix(of)).toBe(code);
  expect(summaryOfMatrix(of)).toContain(summary);
});

test('the matrix has each regression with its verdict and time, and the specs that saw it', () => {
  const evidence = [{ spec: 'session/a.spec.ts', message: 'Received: 401' }];
  const finding = { regression: 'fault', verdict: 'caught', evidence, seconds: 200 } as const;
  expect(linesOfMatrix([{ ...finding, evidence }]).map(stripVTControlCharacters)).toEqual([
    'caught         fault (3 min 20 s)',
    '  session/a.spec.ts: Received: 401',
  ]);
});
