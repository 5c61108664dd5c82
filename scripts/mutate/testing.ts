import type { Mutant } from '../../fleet/build/mutants.ts';
import type { Finding } from './verdict.ts';

/** A mutant for unit tests. */
export const mutant = (id: string, changes: Partial<Mutant> = {}): Mutant => ({
  id,
  file: 'apps/base/server/sessions/session-times.ts',
  start: { line: 1, column: 0 },
  end: { line: 1, column: 5 },
  mutator: 'ConditionalExpression',
  original: 'a > b',
  replacement: 'true',
  ...changes,
});

/** What is known about a mutant, for unit tests. */
export const finding = (id: string, changes: Partial<Finding> = {}): Finding => ({
  mutant: mutant(id),
  outcomes: {},
  seconds: 1,
  ...changes,
});
