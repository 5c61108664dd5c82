import type { Regression } from '../../fixtures/regression.ts';
import { isHarnessFault } from './harness-fault.ts';
import type { TestOutcome } from './outcome.ts';
import type { RegressionCause, ReportedTest } from './report.ts';

/** More causes than this do not help a reader. */
const maxCauses = 3;

/** A regression explains a run when it fits this share of its failed tests, and of those that claim it. */
const leastShare = 0.8;

const isProductFailure = ({ status, message, harnessFault }: TestOutcome): boolean =>
  status === 'failed' && !isHarnessFault(harnessFault ?? message);

/**
 * The regressions that can explain a run: their patterns fit the first failed assertion of most of its failed tests, and
 * no test that claims them passed. Empty: no known regression explains the run, and none is named.
 * @param said the reasons that pods gave to requests of failed tests (`x-session-reason`); empty: they gave none.
 */
export function causesOf(
  run: readonly TestOutcome[],
  catalogue: readonly Regression[],
  said: ReadonlySet<string>,
): RegressionCause[] {
  const red = run.filter(isProductFailure);
  if (red.length === 0) return [];
  return catalogue
    .filter(({ reason }) => reason === undefined || said.size === 0 || said.has(reason))
    .filter(({ name }) => !run.some(({ tags, status }) => status === 'passed' && tags.includes(name)))
    .map((regression) => {
      const { name, caughtBy, reason } = regression;
      const claiming = run.filter(({ tags, status }) => status !== 'skipped' && tags.includes(name));
      const isSaid = reason !== undefined && said.has(reason);
      return {
        regression,
        failures: red.filter((test) => fits({ name, caughtBy, isSaid }, test)).length,
        explained: claiming.filter(({ spec, message }) => message !== '' && caughtBy[spec]?.test(message)).length,
        claimed: claiming.length,
      };
    })
    .filter(
      ({ failures, explained, claimed }) =>
        explained > 0 && failures >= leastShare * red.length && explained >= leastShare * claimed,
    )
    .toSorted((a, b) => b.failures - a.failures || b.explained - a.explained)
    .slice(0, maxCauses)
    .map(({ regression: { name, title, explanation } }) => ({ regression: name, title, explanation }));
}

/** A message alone, such as a status, fits many faults. So a test that does not claim one needs the reason of the pods. */
function fits(
  { name, caughtBy, isSaid }: Pick<Regression, 'name' | 'caughtBy'> & { isSaid: boolean },
  { spec, tags, message }: TestOutcome,
) {
  const patterns = tags.includes(name) ? [caughtBy[spec]] : isSaid ? Object.values(caughtBy) : [];
  return patterns.some((pattern) => pattern?.test(message));
}

/** The failed tests of a run by what was seen, the largest group first. */
export const failuresByKind = (tests: readonly ReportedTest[]): Array<readonly [kind: string, its: ReportedTest[]]> =>
  [...Map.groupBy(tests, ({ failure }) => failure?.kind)]
    .flatMap(([kind, its]) => (kind === undefined ? [] : [[kind, its] as const]))
    .toSorted(([, a], [, b]) => b.length - a.length);

/** `1 test`, `3 tests`. */
export const testsIn = (count: number): string => `${count} ${count === 1 ? 'test' : 'tests'}`;
