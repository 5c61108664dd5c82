import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineNames } from '../../fleet/engines/engines.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { readJson, writeJson } from '../shared/json-file.ts';
import { killMatrixSchema, type KillMatrix } from './kill-matrix-verdict.ts';
import { readFindings } from '../mutate/report.ts';
import type { Finding } from './kill-matrix.ts';
import { assertionsToProve, evidenceText, redAssertions, redByMutants, redFileSchema } from './evidence.ts';
import { matrixPage } from './matrix-page.ts';

export const reportsOf = (engine: string): string => `reports/prove-${engine}`;
const matrixFile = (engine: string): string => join(reportsOf(engine), 'kill-matrix.json');
/** The same as a page. */
export const matrixPageFile = (engine: string): string => join(reportsOf(engine), 'kill-matrix.html');

export function write(matrix: KillMatrix): void {
  writeJson(matrixFile(matrix.engine), matrix);
  writeFileSync(matrixPageFile(matrix.engine), matrixPage(matrix));
}

const redFile = (engine: string): string => join(reportsOf(engine), 'red-assertions.json');

/** @throws HarnessError when what earlier runs kept is damaged, before anything is tried for it. */
export const checkRedAssertions = (engine: string): void => void readRed(redFile(engine));

/** Keeps what a regression made fail beside what the others did, also those of earlier runs. */
export function keepRedAssertions(engine: string, { regression, red, ...finding }: Finding): void {
  // Its tests did not run: what earlier runs saw stays.
  if (red === undefined) return;
  const known = readRed(redFile(engine)) ?? {};
  writeJson(redFile(engine), { ...known, [regression]: redAssertions(assertionsToProve(), { ...finding, red }) });
}

/** Prints the last matrices of all engines side by side. @throws HarnessError when there are no two. */
export function compare(table: (matrices: readonly KillMatrix[]) => string): number {
  const matrices = engineNames.flatMap((engine) => readMatrix(matrixFile(engine)) ?? []);
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
 * assertions that neither a regression nor a mutant of `npm run mutate` has turned red in this or an earlier run.
 * @throws HarnessError when there is no matrix.
 */
export function printEvidence(names: ReadonlySet<string>): number {
  const matrices = globSync('reports/**/kill-matrix.json').flatMap((file) => readMatrix(file) ?? []);
  if (matrices.length === 0) throw new HarnessError('There is no matrix with evidence. Run: npm run prove');
  const findings = matrices.flatMap((matrix) => matrix.findings).filter(({ regression }) => names.has(regression));
  console.log(evidenceText(findings));
  const assertions = assertionsToProve();
  const mutants = readFindings(globSync('reports/**/findings.json'));
  const red = globSync('reports/**/red-assertions.json')
    .flatMap((file) => Object.entries(readRed(file) ?? {}))
    .flatMap(([regression, its]) => (names.has(regression) ? its : []));
  const first = new Set([...red.flatMap(({ first }) => first), ...redByMutants(mutants)]);
  const later = new Set(red.flatMap(({ later }) => later));
  const never = assertions.filter(({ id }) => !first.has(id) && !later.has(id));
  const onlyLater = assertions.filter(({ id }) => !first.has(id)).length - never.length;
  console.log(
    `\nunproven assertions: ${never.length} of ${assertions.length} were never red, ` +
      `and ${onlyLater} only after another one of their test, or in a test without a claim`,
  );
  for (const { spec, line, text } of never) console.log(`  e2e/${spec}:${line}  ${text}`);
  return exitCodes.passed;
}

const remedy = 'Delete it, and run: npm run prove';
const readMatrix = (file: string) => readJson(file, killMatrixSchema, { what: 'a kill matrix', remedy });
const readRed = (file: string) => readJson(file, redFileSchema, { what: 'failed assertions', remedy });
