import type { Regression } from '../../fixtures/regressions/regression.ts';
import type { TestOutcome } from '../reporters/outcome.ts';
import type { Cause } from './report.ts';

/** More causes than this explain nothing. */
const maxCauses = 3;

/**
 * The regressions that can explain a failed test, the most likely first: those whose pattern fits its message, by the
 * share of the run's tests they would turn red that did turn red. Without one that fits, those that the test claims.
 */
export function causesOf(test: TestOutcome, run: readonly TestOutcome[], catalogue: readonly Regression[]): Cause[] {
  const claimed = catalogue.filter(({ name }) => test.tags.includes(name)).map((one) => causeBy(one, test, run));
  const fitting = claimed.filter(({ fits }) => fits);
  const others =
    fitting.length > 0 ? [] : catalogue.filter((one) => fitsMessage(one, test) && !test.tags.includes(one.name));
  const candidates = fitting.length > 0 ? fitting : [...others.map((one) => causeBy(one, test, run)), ...claimed];
  return candidates
    .toSorted((a, b) => Number(b.fits) - Number(a.fits) || shareOf(b) - shareOf(a) || b.explained - a.explained)
    .slice(0, maxCauses);
}

const fitsMessage = ({ caughtBy }: Regression, { spec, message }: TestOutcome): boolean =>
  message !== '' && (caughtBy[spec]?.test(message) ?? false);

function causeBy(regression: Regression, test: TestOutcome, run: readonly TestOutcome[]): Cause {
  const claiming = run.filter(({ tags, status }) => status !== 'skipped' && tags.includes(regression.name));
  return {
    regression: regression.name,
    title: regression.title,
    explanation: regression.explanation,
    fits: fitsMessage(regression, test),
    explained: claiming.filter((one) => fitsMessage(regression, one)).length,
    claimed: claiming.length,
  };
}

const shareOf = ({ explained, claimed }: Cause): number => (claimed === 0 ? 0 : explained / claimed);

/** `memory-sessions: Sessions are kept … (8 of 8 tests that claim it failed in its way)`. */
export const describeCause = ({ regression, title, fits, explained, claimed }: Cause): string =>
  fits
    ? `${regression}: ${title} (${explained} of ${claimed} tests that claim it failed in its way)`
    : `${regression}: ${title} (the test notices it, but its failure looks different)`;
