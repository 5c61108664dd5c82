import { isHarnessFault } from '../../e2e/report/harness-fault.ts';
import type { ListedTest, TestOutcome } from '../../e2e/report/outcome.ts';
import { headline } from '../../e2e/report/headline.ts';
import { missingIn } from '../../e2e/engine-in-use.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { placeOf, type Regression } from '../../fixtures/regression.ts';

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

/** Tests of these folders must each name a regression that turns them red. Others may. */
const mustNameRegressions = /^(?:session|logout|rollout|hosts)\//;

/** Specs and regressions that do not refer to each other. @returns sentences that say what to do. */
export function tagMismatches(all: readonly Regression[], tests: readonly ListedTest[]): string[] {
  const known = new Set(all.map(({ name }) => name));
  const specsOf = (name: string) => new Set(tests.filter(({ tags }) => tags.includes(name)).map(({ spec }) => spec));
  return [
    ...all.flatMap((regression) => {
      const { name, caughtBy, preventsStart } = regression;
      const place = placeOf(regression);
      const tagged = specsOf(name);
      const named = new Set(Object.keys(caughtBy));
      return [
        ...[...named.difference(tagged)].map(
          (spec) =>
            `${place}: caughtBy says that e2e/${spec} catches it, but no test there has the tag @${name}. ` +
            'Tag the test that must turn red, or take the spec out of caughtBy.',
        ),
        ...[...tagged.difference(named)].map(
          (spec) =>
            `e2e/${spec} has the tag @${name}, but ${place} does not name that spec. ` +
            'Add it to caughtBy with what the first error of the test says, or take the tag away.',
        ),
        ...(tagged.size === 0 && named.size === 0 && !preventsStart
          ? [`${place}: no spec claims to catch it. Name one in caughtBy.`]
          : []),
      ];
    }),
    ...tests.flatMap(({ spec, line, title, tags }) => {
      if (tags.length === 0) {
        if (!mustNameRegressions.test(spec)) return [];
        // A regression that only one app can have turns the test of that app red, and not those of the others.
        if (tests.some((other) => other.spec === spec && other.line === line && other.tags.length > 0)) return [];
        return [
          `e2e/${spec}: "${title}" names no regression that would turn it red. ` +
            'Add one to fixtures/regressions and tag the test with its name.',
        ];
      }
      return tags
        .filter((tag) => !known.has(tag))
        .map((tag) => `e2e/${spec}: "${title}" has the tag @${tag}, which is no regression. Correct the tag.`);
    }),
  ];
}
