import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { mutated, type Mutant } from '../../../fleet/build/mutants.ts';
import { repositoryRoot } from '../../../fleet/root.ts';
import type { MutantFinding } from './try-mutant.ts';

const statusOf = { caught: 'Killed', missed: 'Survived', 'not run': 'Pending' } as const;
const sourceOf = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');

/** The findings in the format of https://github.com/stryker-mutator/mutation-testing-elements. */
export function mutationReport(findings: readonly MutantFinding[]) {
  const files = Map.groupBy(findings, ({ planned }) => planned.mutant.file);
  return {
    schemaVersion: '2',
    thresholds: { high: 90, low: 75 },
    files: Object.fromEntries(
      [...files]
        .toSorted()
        .map(([file, its]) => [file, { language: 'typescript', source: sourceOf(file), mutants: its.map(resultOf) }]),
    ),
  };
}

function resultOf({ planned: { mutant }, verdict, message }: MutantFinding) {
  // Columns of the report are counted from 1.
  const at = ({ line, column }: Mutant['start']) => ({ line, column: column + 1 });
  return {
    id: mutant.id,
    mutatorName: mutant.mutator,
    replacement: mutant.replacement,
    location: { start: at(mutant.start), end: at(mutant.end) },
    status: statusOf[verdict],
    statusReason: message,
  };
}

/** A mutant on one line. */
export const describeMutant = ({ id, file, start: { line }, mutator }: Mutant): string =>
  `${id}  ${file}:${line} ${mutator}`;

/** A survivor: where it is, what it changes as a diff, and the command that runs every test that reaches it. */
export function describeSurvivor({ planned: { mutant }, message }: MutantFinding): string {
  const content = sourceOf(mutant.file);
  const patch = createTwoFilesPatch('', '', content, mutated(content, mutant), '', '', { context: 1 });
  const changed = patch.slice(patch.indexOf('@@')).split('\n');
  return [
    `missed ${describeMutant(mutant)}: ${message}`,
    ...changed.filter(Boolean).map((line) => `    ${line}`),
    `    npm run prove -- --mutants ${mutant.id}`,
  ].join('\n');
}
