import { styleText } from 'node:util';
import { isHarnessFault } from '../../e2e/report/harness-fault.ts';
import type { TestOutcome } from '../../e2e/report/outcome.ts';
import { headline } from '../../e2e/report/headline.ts';
import { missingIn } from '../../e2e/engine-in-use.ts';
import { duration } from '../../fleet/duration.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { exitCodes } from '../../fleet/errors.ts';
import type { Regression } from '../../fixtures/regression.ts';

export interface RegressionFinding {
  regression: string;
  /** `not applicable`: the engine cannot have the regression. `not run`: its fleet or its tests did not start. */
  verdict: 'caught' | 'missed' | 'wrong reason' | 'not applicable' | 'not run';
  /** One line per spec: the matched message, or what went wrong. */
  evidence: Array<{ spec: string; message: string }>;
  /** From the start of the fleet to the end of the specs. */
  seconds: number;
}

type JudgedRegression = Pick<RegressionFinding, 'regression' | 'verdict' | 'evidence'>;

export const judged = (
  { name }: Pick<Regression, 'name'>,
  verdict: RegressionFinding['verdict'],
  ...evidence: ReadonlyArray<readonly [spec: string, message: string]>
): JudgedRegression => ({
  regression: name,
  verdict,
  evidence: evidence.map(([spec, message]) => ({ spec, message })),
});

/** Each test of the regression that the engine can run must fail, and its first error must match. */
export function judge(
  regression: Regression,
  outcomes: readonly TestOutcome[],
  engine: Pick<Engine, 'name' | 'capabilities'>,
): JudgedRegression {
  const missed = (spec: string, message: string) => judged(regression, 'missed', [spec, message]);
  const claiming = outcomes.filter((test) => test.tags.includes(regression.name));
  if (regression.preventsStart) return missed('the fleet', 'it came up all the same');
  if (claiming.length === 0) return missed('', 'no test claims it');
  const skipped = claiming.filter((test) => test.status === 'skipped');
  const wrongly = skipped.find(({ needs = [] }) => missingIn(engine, needs).length === 0);
  if (wrongly)
    return missed(
      wrongly.spec,
      `"${wrongly.title}" was skipped although the ${engine.name} engine has all that it needs`,
    );
  if (skipped.length === claiming.length) {
    const needed = [...new Set(skipped.flatMap(({ needs = [] }) => missingIn(engine, needs)))];
    return missed(
      '',
      `every test that claims it was skipped although the ${engine.name} engine has what the regression needs: ` +
        `the tests need ${needed.join(', ')}; add that to its needs`,
    );
  }
  const survivor = claiming.find((test) => test.status === 'passed');
  if (survivor) return missed(survivor.spec, `"${survivor.title}" passed`);

  const failed = claiming.filter(({ status }) => status === 'failed');
  for (const test of failed) {
    const rejection = rejectionOf(regression, test);
    if (rejection) return judged(regression, 'wrong reason', [test.spec, `"${test.title}" ${rejection}`]);
  }
  const bySpec = [...Map.groupBy(failed, ({ spec }) => spec)];
  return judged(
    regression,
    'caught',
    ...bySpec.map(([spec, [test]]) => [spec, headline(test!.message, regression.caughtBy[spec])] as const),
  );
}

/** Compares an app that exited during its start with the message that the regression expects. */
export function judgeStart(regression: Regression, message: string): JudgedRegression {
  const { preventsStart } = regression;
  const text = headline(message, preventsStart?.test(message) ? preventsStart : undefined);
  if (!preventsStart) return judged(regression, 'not run', ['the fleet', text]);
  return preventsStart.test(message)
    ? judged(regression, 'caught', ['the fleet', text])
    : judged(regression, 'wrong reason', ['the fleet', `it did not come up, but for another reason: ${text}`]);
}

/** Why a failed test is not evidence for the regression; undefined when it is. */
function rejectionOf({ caughtBy, endsEarly }: Regression, test: TestOutcome): string | undefined {
  const pattern = caughtBy[test.spec];
  const message = headline(test.message);
  if (!pattern?.test(test.message)) return `failed with: ${message}`;
  if (pattern.test(labelOf(test.message))) {
    return `failed with "${message}", of which caughtBy asks for the label alone: ask for what was received as well`;
  }
  const end = endOf(test);
  return end && endsEarly[test.spec] === undefined
    ? `ended by ${end}, which the regression does not declare in endsEarly: ${message}`
    : undefined;
}

/** What ended a test before one of its assertions could; undefined when an assertion did. */
function endOf({ message, from }: TestOutcome): string | undefined {
  if (/^(?:Error: )?Test timeout of |^TimeoutError: |^(?:Error: )?[\w.]+: (?:Test timeout of|Timeout) /.test(message)) {
    return 'a timeout';
  }
  if (isHarnessFault(message)) return 'an error of the harness';
  return from === 'hook' ? 'an error of a hook or fixture' : undefined;
}

/** The first paragraph of an assertion's error, when more follows: its label, or the name of its matcher. */
function labelOf(message: string): string {
  if (!message.startsWith('Error: ')) return '';
  const [label = '', ...rest] = message.split('\n\n');
  return rest.join('').trim() === '' ? '' : label;
}

export interface KillMatrix {
  engine: string;
  /** How many regressions the run was to try. It has fewer findings when it was interrupted. */
  chosen: number;
  findings: RegressionFinding[];
  /** Red tests and unexpected skips on the clean fleet; absent when it was not run. */
  falseAlarms?: string[];
}

const count = ({ findings }: KillMatrix, verdict: RegressionFinding['verdict']): number =>
  findings.filter((finding) => finding.verdict === verdict).length;

const untried = ({ chosen, findings }: KillMatrix): number => chosen - findings.length;

const applicable = (matrix: KillMatrix): number => matrix.findings.length - count(matrix, 'not applicable');

/**
 * `3 of 4 caught (1 not applicable), 0 false alarms on the clean fleet.` After an interruption:
 * `Not complete: 12 of 16 regressions were not tried. 3 of 4 caught, clean fleet not run.`
 */
export function summaryOfMatrix(matrix: KillMatrix): string {
  const { engine, chosen, findings, falseAlarms } = matrix;
  const aside = count(matrix, 'not applicable');
  const left = untried(matrix);
  const incomplete = left > 0 ? `Not complete: ${left} of ${chosen} regressions were not tried. ` : '';
  if (findings.length > 0 && applicable(matrix) === 0)
    return `${incomplete}Nothing is proven: the ${engine} engine can have none of them.`;
  const alarms = falseAlarms ? `${falseAlarms.length} false alarms on the clean fleet` : 'clean fleet not run';
  return `${incomplete}${count(matrix, 'caught')} of ${applicable(matrix)} caught${aside > 0 ? ` (${aside} not applicable)` : ''}, ${alarms}.`;
}

/**
 * 0: at least one regression was tested, every regression that the engine can have is caught, and the clean fleet is
 * green. 2: nothing was missed, but some could not be run, or the run was interrupted.
 */
export function exitCodeOfMatrix(matrix: KillMatrix): number {
  const notRun = count(matrix, 'not run');
  const missed = applicable(matrix) - count(matrix, 'caught') - notRun;
  if (missed > 0 || (matrix.falseAlarms ?? []).length > 0) return exitCodes.productFailed;
  if (notRun > 0 || untried(matrix) > 0) return exitCodes.harnessFailed;
  return applicable(matrix) > 0 ? exitCodes.passed : exitCodes.cannotRunHere;
}

const colours = {
  caught: 'green',
  'not applicable': 'dim',
  missed: 'red',
  'wrong reason': 'red',
  'not run': 'red',
} as const;

/** Each regression with its verdict, and below it the specs that saw it, each with the text that matched. */
export const linesOfMatrix = (findings: readonly RegressionFinding[]): string[] =>
  findings.flatMap(({ regression, verdict, evidence, seconds }) => [
    `${styleText(colours[verdict], verdict.padEnd(14))} ${regression} (${duration(seconds * 1000)})`,
    ...evidence.map(({ spec, message }) => `  ${[spec, message].filter(Boolean).join(': ')}`),
  ]);
