import type { Regression } from '../../fixtures/regressions/regression.ts';

/** The files with tests that claim a regression. */
export const claimingSpecs = ({ caughtBy }: Regression): string[] => Object.keys(caughtBy).map((spec) => `e2e/${spec}`);

/** Arguments for the runner that select the tests which claim one of these regressions, in the files that these name. */
export const claiming = (regressions: readonly Regression[]): string[] => [
  ...new Set(regressions.flatMap(claimingSpecs)),
  '--grep',
  tagOf(regressions),
];

/** The same, with the tests that fail with a regression as well, in any file. */
export const failing = (regression: Regression): string[] => [
  '--grep',
  [tagOf([regression]), ...(regression.alsoFails ?? []).map((title) => RegExp.escape(title))].join('|'),
];

const tagOf = (regressions: readonly Regression[]): string =>
  // A tag may be a prefix of another tag.
  regressions.map(({ name }) => `@${name}(?![\\w-])`).join('|');
