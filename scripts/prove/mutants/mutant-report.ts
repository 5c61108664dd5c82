import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { mutated, type Mutant } from '../../../fleet/build/mutants.ts';
import { repositoryRoot } from '../../../fleet/root.ts';
import type { MutantFinding } from './try-mutant.ts';

/** A finding in `mutation.json`. */
export const reported = ({ planned: { mutant }, verdict, message }: MutantFinding) => ({ ...mutant, verdict, message });

export const describeMutant = ({ id, file, start: { line }, mutator }: Mutant): string =>
  `${id}  ${file}:${line} ${mutator}`;

/** A survivor: where it is, what it changes as a diff, and the command that runs every test that reaches it. */
export function describeSurvivor({ planned: { mutant }, message }: MutantFinding): string {
  const content = readFileSync(join(repositoryRoot, mutant.file), 'utf8');
  const patch = createTwoFilesPatch('', '', content, mutated(content, mutant), '', '', { context: 1 });
  const changed = patch.slice(patch.indexOf('@@')).split('\n');
  return [
    `missed ${describeMutant(mutant)}: ${message}`,
    ...changed.filter(Boolean).map((line) => `    ${line}`),
    `    npm run prove -- --mutants ${mutant.id}`,
  ].join('\n');
}
