import { CannotRunHere, exitCodes, HarnessError } from '../../fleet/errors.ts';
import { scoreOf, verdictOf, type Finding } from './verdict.ts';

/**
 * The exit code of a run with these findings. With a goal, a mutant that no test was tried against counts as not killed.
 * @param atLeast percentage of mutants that are to be killed.
 * @throws HarnessError when they say too little to be judged.
 */
export function gate(findings: readonly Finding[], atLeast: number | undefined): number {
  const { mutants, killed } = scoreOf(findings);
  const notRun = findings.filter((finding) => verdictOf(finding) === 'not run');
  const failures = notRun.flatMap(({ outcomes }) =>
    Object.values(outcomes).filter((outcome) => outcome.result === 'not run'),
  );
  const untried = notRun.filter(({ outcomes }) => Object.keys(outcomes).length === 0).length;
  const [first] = failures;
  if (first && (mutants === 0 || atLeast !== undefined)) {
    const count = notRun.length - untried;
    const which = count === 1 ? '1 mutant' : `${count} mutants`;
    throw new HarnessError(`${which} could not be tried, the first because: ${first.message}`);
  }
  if (mutants === 0) {
    throw new CannotRunHere('No mutant counts: each is equivalent, or no test that was allowed to run reaches it.');
  }
  return atLeast !== undefined && 100 * killed < atLeast * (mutants + untried)
    ? exitCodes.productFailed
    : exitCodes.passed;
}
