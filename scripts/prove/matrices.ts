import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineNames } from '../../fleet/engines/engines.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { readJson, writeJson } from '../shared/json-file.ts';
import { killMatrixSchema, type KillMatrix } from './kill-matrix-verdict.ts';
import { comparisonTable } from './kill-matrix-table.ts';
import { matrixPage } from './matrix-page.ts';

export const reportsOf = (engine: string): string => `reports/prove-${engine}`;
const matrixFile = (engine: string): string => join(reportsOf(engine), 'kill-matrix.json');
/** The same as a page. */
export const matrixPageFile = (engine: string): string => join(reportsOf(engine), 'kill-matrix.html');

export function write(matrix: KillMatrix): void {
  writeJson(matrixFile(matrix.engine), matrix);
  writeFileSync(matrixPageFile(matrix.engine), matrixPage(matrix));
}

/** Prints the last matrices of all engines side by side. @throws HarnessError when there are no two. */
export function compare(): number {
  const matrices = engineNames.flatMap((engine) => readMatrix(matrixFile(engine)) ?? []);
  if (matrices.length < 2) {
    throw new HarnessError(
      'There are no two matrices to compare. Run: npm run prove, and npm run prove -- --engine k3s',
    );
  }
  console.log(comparisonTable(matrices));
  return exitCodes.passed;
}

const readMatrix = (file: string) =>
  readJson(file, killMatrixSchema, { what: 'a kill matrix', remedy: 'Delete it, and run: npm run prove' });
