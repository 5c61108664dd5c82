import type { Regression } from '../fixtures/regressions/regression.ts';

/** Arguments for the runner: only the tests that claim to catch one of these. */
export const claiming = (regressions: readonly Regression[]): string[] => [
  '--grep',
  // A tag may be the beginning of another one's name.
  regressions.map(({ name }) => `@${name}(?![\\w-])`).join('|'),
];
