import { styleText } from 'node:util';
import { duration } from '../../fleet/duration.ts';
import { exitCodes } from '../../fleet/errors.ts';
import type { RegressionFinding } from './kill-matrix.ts';

export interface KillMatrix {
  engine: string;
  /** How many regressions the run was to try. It has fewer findings when it was interrupted. */
  chosen: number;
  findings: RegressionFinding[];
  /** Red tests and unexpected skips on the clean fleet; absent when it was not run. */
  falseAlarms?: string[];
}

const count = ({ findings }: KillMatrix, verdict: RegressionFinding['verdict']): number =>
  findings.filter((finding) => finding.verdict === verdict).length;

const untried = ({ chosen, findings }: KillMatrix): number => chosen - findings.length;

const applicable = (matrix: KillMatrix): number => matrix.findings.length - count(matrix, 'not applicable');

/**
 * `3 of 4 caught (1 not applicable), 0 false alarms on the clean fleet.` After an interruption:
 * `Not complete: 12 of 16 regressions were not tried. 3 of 4 caught, clean fleet not run.`
 */
export function summaryOfMatrix(matrix: KillMatrix): string {
  const left = untried(matrix);
  return left > 0
    ? `Not complete: ${left} of ${matrix.chosen} regressions were not tried. ${summaryOfTried(matrix)}`
    : summaryOfTried(matrix);
}

function summaryOfTried(matrix: KillMatrix): string {
  const { engine, findings, falseAlarms } = matrix;
  const aside = count(matrix, 'not applicable');
  if (findings.length > 0 && applicable(matrix) === 0) {
    return `Nothing is proven: the ${engine} engine cannot have ${findings.length === 1 ? 'the regression' : `any of the ${findings.length} regressions`}.`;
  }
  const alarms = falseAlarms ? `${falseAlarms.length} false alarms on the clean fleet` : 'clean fleet not run';
  return `${count(matrix, 'caught')} of ${applicable(matrix)} caught${aside > 0 ? ` (${aside} not applicable)` : ''}, ${alarms}.`;
}

/**
 * 0: at least one regression was tested, every regression that the engine can have is caught, and the clean fleet is
 * green. 2: nothing was missed, but some could not be run, or the run was interrupted.
 */
export function exitCodeOfMatrix(matrix: KillMatrix): number {
  const notRun = count(matrix, 'not run');
  const missed = applicable(matrix) - count(matrix, 'caught') - notRun;
  if (missed > 0 || (matrix.falseAlarms ?? []).length > 0) return exitCodes.productFailed;
  if (notRun > 0 || untried(matrix) > 0) return exitCodes.harnessFailed;
  return applicable(matrix) > 0 ? exitCodes.passed : exitCodes.cannotRunHere;
}

const colours = {
  caught: 'green',
  'not applicable': 'dim',
  missed: 'red',
  'wrong reason': 'red',
  'not run': 'red',
} as const;

/** Each regression with its verdict, and below it the specs that saw it, each with the text that matched. */
export const linesOfMatrix = (findings: readonly RegressionFinding[]): string[] =>
  findings.flatMap(({ regression, verdict, evidence, seconds }) => [
    `${styleText(colours[verdict], verdict.padEnd(14))} ${regression} (${duration(seconds * 1000)})`,
    ...evidence.map(({ spec, message }) => `  ${[spec, message].filter(Boolean).join(': ')}`),
  ]);
