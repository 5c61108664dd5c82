import type { Regression } from '../../fixtures/regressions/regression.ts';
import type { TestOutcome } from './outcome.ts';
import type { RegressionCause, ReportedTest } from './report.ts';

/** More causes than this do not help a reader. */
const maxCauses = 3;

/**
 * The regressions that can explain a failed test, the most likely first: those with a pattern that fits its message, by
 * the share of their claiming tests in the run that failed.
 */
export function causesOf(
  test: TestOutcome,
  run: readonly TestOutcome[],
  catalogue: readonly Regression[],
): RegressionCause[] {
  return (
    catalogue
      .filter((one) => fits(one, test))
      .map((one) => causeBy(one, run))
      // A regression that no claiming test shows does not explain another test.
      .filter(({ explained }) => explained > 0)
      .toSorted((a, b) => shareOf(b) - shareOf(a) || b.explained - a.explained)
      .slice(0, maxCauses)
  );
}

function fits({ name, caughtBy }: Regression, { spec, tags, message }: TestOutcome): boolean {
  const patterns = tags.includes(name) ? [caughtBy[spec]] : Object.values(caughtBy);
  return patterns.some((pattern) => pattern?.test(message));
}

function causeBy({ name, title, explanation, caughtBy }: Regression, run: readonly TestOutcome[]): RegressionCause {
  const claiming = run.filter(({ tags, status }) => status !== 'skipped' && tags.includes(name));
  return {
    regression: name,
    title,
    explanation,
    explained: claiming.filter(({ spec, message }) => message !== '' && caughtBy[spec]?.test(message)).length,
    claimed: claiming.length,
  };
}

const shareOf = ({ explained, claimed }: RegressionCause): number => (claimed === 0 ? 0 : explained / claimed);

/** `memory-sessions: Sessions are kept … (8 of the 8 tests for it failed with its message)`. */
export const describeRegressionCause = ({ regression, title, explained, claimed }: RegressionCause): string =>
  `${regression}: ${title} (${explained} of the ${claimed} tests for it failed with its message)`;

/** The likely causes of a run, and how many failures each explains, the most first. */
export function causesOfRun(tests: readonly ReportedTest[]): Array<RegressionCause & { failures: number }> {
  const first = tests.flatMap(({ failure }) => failure?.causes[0] ?? []);
  return [...Map.groupBy(first, ({ regression }) => regression).values()]
    .flatMap((its) => (its[0] ? { ...its[0], failures: its.length } : []))
    .toSorted((a, b) => b.failures - a.failures);
}
