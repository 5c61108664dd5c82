import type { Regression } from '../fixtures/regressions/regression.ts';

/** Arguments for the runner that select the tests which claim one of these regressions. */
export const claiming = (regressions: readonly Regression[]): string[] => [
  '--grep',
  // A tag may be the beginning of another one's name.
  regressions.map(({ name }) => `@${name}(?![\\w-])`).join('|'),
];
