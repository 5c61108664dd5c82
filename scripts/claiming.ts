import type { Regression } from '../fixtures/regressions/regression.ts';

/** Arguments for the runner that select the tests which claim one of these regressions. */
export const claiming = (regressions: readonly Regression[]): string[] => [
  '--grep',
  // A tag may be a prefix of another tag.
  regressions.map(({ name }) => `@${name}(?![\\w-])`).join('|'),
];
