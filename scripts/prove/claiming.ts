import type { Regression } from '../../fixtures/regressions/regression.ts';

/** Arguments for the runner that select the tests which claim one of these regressions, in the files that these name. */
export const claiming = (regressions: readonly Regression[]): string[] => [
  ...new Set(regressions.flatMap(({ caughtBy }) => Object.keys(caughtBy).map((spec) => `e2e/${spec}`))),
  '--grep',
  tagOf(regressions),
];

const tagOf = (regressions: readonly Regression[]): string =>
  // A tag may be a prefix of another tag.
  regressions.map(({ name }) => `@${name}(?![\\w-])`).join('|');
