import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineNames } from '../../fleet/engines/engines.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import type { KillMatrix } from './kill-matrix-verdict.ts';
import { readFindings } from '../mutate/report.ts';
import { assertionsToProve, evidenceText, redByMutants, redByRegressions, redLater, unproven } from './evidence.ts';
import { matrixPage } from './matrix-page.ts';

export const reportsOf = (engine: string): string => `reports/prove-${engine}`;
const matrixFile = (engine: string): string => join(reportsOf(engine), 'kill-matrix.json');
/** The same as a page. */
export const matrixPageFile = (engine: string): string => join(reportsOf(engine), 'kill-matrix.html');

export function write(matrix: KillMatrix): void {
  mkdirSync(reportsOf(matrix.engine), { recursive: true });
  writeFileSync(matrixFile(matrix.engine), JSON.stringify(matrix, null, 2));
  writeFileSync(matrixPageFile(matrix.engine), matrixPage(matrix));
}

/** Prints the last matrices of all engines side by side. @throws HarnessError when there are no two. */
export function compare(table: (matrices: readonly KillMatrix[]) => string): number {
  const matrices = read(engineNames.map(matrixFile));
  if (matrices.length < 2) {
    throw new HarnessError(
      'There are no two matrices to compare. Run: npm run prove, and npm run prove -- --engine k3s',
    );
  }
  console.log(table(matrices));
  return exitCodes.passed;
}

/**
 * Prints the evidence of every matrix below `reports/`, where each part of the catalogue may have left one, and the
 * assertions that neither a regression nor a mutant of `npm run mutate` has turned red.
 * @throws HarnessError when there is no matrix.
 */
export function printEvidence(names: ReadonlySet<string>): number {
  const matrices = read(globSync('reports/**/kill-matrix.json'));
  if (matrices.length === 0) throw new HarnessError('There is no matrix with evidence. Run: npm run prove');
  const findings = matrices.flatMap((matrix) => matrix.findings).filter(({ regression }) => names.has(regression));
  console.log(evidenceText(findings));
  const assertions = assertionsToProve();
  const mutants = readFindings(globSync('reports/**/findings.json'));
  const first = [...redByRegressions(findings), ...redByMutants(mutants)];
  const never = unproven(assertions, [...first, ...redLater(findings)]);
  const onlyLater = unproven(assertions, first).length - never.length;
  console.log(
    `\nunproven assertions: ${never.length} of ${assertions.length} were never red, ` +
      `and ${onlyLater} only after another one of their test, or in a test without a claim`,
  );
  for (const { spec, line, text } of never) console.log(`  e2e/${spec}:${line}  ${text}`);
  return exitCodes.passed;
}

const read = (files: readonly string[]): KillMatrix[] =>
  files.filter((file) => existsSync(file)).map((file) => JSON.parse(readFileSync(file, 'utf8')) as KillMatrix);
