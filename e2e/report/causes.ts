import type { Regression } from '../../fixtures/regressions/regression.ts';
import type { TestOutcome } from './outcome.ts';
import type { RegressionCause, ReportedTest } from './report.ts';

/** More causes than this do not help a reader. */
const maxCauses = 3;

/**
 * The regressions that can explain a failed test, the most likely first: those with a pattern that fits its message, by
 * the share of their claiming tests in the run that failed. Without one that fits, those that the test claims.
 */
export function causesOf(
  test: TestOutcome,
  run: readonly TestOutcome[],
  catalogue: readonly Regression[],
): RegressionCause[] {
  const all = catalogue.map((one) => causeBy(one, test, run));
  // A regression that no claiming test shows does not explain another test.
  const fitting = all.filter(({ fits, explained }) => fits && explained > 0);
  const candidates = fitting.length > 0 ? fitting : all.filter(({ regression }) => test.tags.includes(regression));
  return candidates.toSorted((a, b) => shareOf(b) - shareOf(a) || b.explained - a.explained).slice(0, maxCauses);
}

function causeBy(regression: Regression, test: TestOutcome, run: readonly TestOutcome[]): RegressionCause {
  const { name, title, explanation, caughtBy } = regression;
  const claiming = run.filter(({ tags, status }) => status !== 'skipped' && tags.includes(name));
  const patterns = test.tags.includes(name) ? [caughtBy[test.spec]] : Object.values(caughtBy);
  return {
    regression: name,
    title,
    explanation,
    fits: patterns.some((pattern) => pattern?.test(test.message)),
    explained: claiming.filter(({ spec, message }) => message !== '' && caughtBy[spec]?.test(message)).length,
    claimed: claiming.length,
  };
}

const shareOf = ({ explained, claimed }: RegressionCause): number => (claimed === 0 ? 0 : explained / claimed);

/** `memory-sessions: Sessions are kept … (8 of the 8 tests for it failed with its message)`. */
export const describeRegressionCause = ({ regression, title, fits, explained, claimed }: RegressionCause): string =>
  `${regression}: ${title}${fits ? ` (${explained} of the ${claimed} tests for it failed with its message)` : ''}`;

/** The heading of the causes of a failure. */
export const causesTitle = ([first]: readonly RegressionCause[]): string =>
  first?.fits ? 'Likely cause' : 'Candidates';

/** The likely causes of a run, and how many failures each explains, the most first. */
export function causesOfRun(tests: readonly ReportedTest[]): Array<RegressionCause & { failures: number }> {
  const first = tests.flatMap(({ failure }) => failure?.causes.find(({ fits }) => fits) ?? []);
  return [...Map.groupBy(first, ({ regression }) => regression).values()]
    .flatMap((its) => (its[0] ? { ...its[0], failures: its.length } : []))
    .toSorted((a, b) => b.failures - a.failures);
}
