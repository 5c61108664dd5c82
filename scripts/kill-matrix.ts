import type { Regression } from '../fixtures/regressions/regression.ts';
import type { TestOutcome } from './results.ts';

export interface Evidence {
  spec: string;
  message: string;
}

/** What putting one regression back came to. */
export interface Finding {
  regression: string;
  /** `not applicable`: the engine cannot do what the specs need. `not run`: the fleet with the fault did not come up. */
  verdict: 'caught' | 'missed' | 'wrong reason' | 'not applicable' | 'not run';
  /** One line a spec: what gave the fault away, or what went wrong. */
  evidence: Evidence[];
  seconds: number;
}

/** Holds what the tests did against what the regression says they must do: each one fails, for the stated reason. */
export function judge(regression: Regression, outcomes: readonly TestOutcome[]): Omit<Finding, 'seconds'> {
  const claiming = outcomes.filter((test) => test.tags.includes(regression.name));
  const finding = (verdict: Finding['verdict'], ...evidence: Evidence[]): Omit<Finding, 'seconds'> => ({
    regression: regression.name,
    verdict,
    evidence,
  });
  if (claiming.length === 0) return finding('missed', { spec: '', message: 'no test claims it' });
  if (claiming.every((test) => test.status === 'skipped')) {
    return finding('not applicable', { spec: '', message: 'every test that claims it was skipped' });
  }
  const survivor = claiming.find((test) => test.status === 'passed');
  if (survivor) return finding('missed', { spec: survivor.spec, message: `"${survivor.title}" passed` });

  const failed = claiming.filter(({ status }) => status === 'failed');
  const stray = failed.find((test) => !regression.caughtBy[test.spec]?.test(test.message));
  if (stray) {
    return finding('wrong reason', {
      spec: stray.spec,
      message: `"${stray.title}" failed with: ${headline(stray.message)}`,
    });
  }
  const bySpec = new Map(failed.toReversed().map((test) => [test.spec, test]));
  return finding(
    'caught',
    ...[...bySpec]
      .toReversed()
      .map(([spec, test]) => ({ spec, message: headline(test.message, regression.caughtBy[spec]) })),
  );
}

/** Where specs and regressions do not name each other. @returns sentences that say what to do. */
export function unclaimed(all: readonly Regression[], tests: readonly TestOutcome[]): string[] {
  const known = new Set(all.map(({ name }) => name));
  const specsOf = (name: string) => new Set(tests.filter(({ tags }) => tags.includes(name)).map(({ spec }) => spec));
  return [
    ...all.flatMap(({ name, caughtBy }) => {
      const file = `fixtures/regressions/${name}.ts`;
      const tagged = specsOf(name);
      const named = new Set(Object.keys(caughtBy));
      return [
        ...[...named.difference(tagged)].map(
          (spec) =>
            `${file} says that e2e/${spec} catches it, but no test there has the tag @${name}. ` +
            'Tag the test that must turn red, or take the spec out of caughtBy.',
        ),
        ...[...tagged.difference(named)].map(
          (spec) =>
            `e2e/${spec} has the tag @${name}, but ${file} does not name that spec. ` +
            'Add it to caughtBy with what the first error of the test says, or take the tag away.',
        ),
        ...(tagged.size === 0 && named.size === 0
          ? [`${file}: no spec claims to catch it. Name one in caughtBy.`]
          : []),
      ];
    }),
    ...tests.flatMap(({ spec, title, tags }) => {
      if (tags.length === 0) {
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

/** The line of a message that says it, and what was received instead of what, at most 200 characters. */
function headline(message: string, signature?: RegExp): string {
  const lines = message
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const line = (signature && lines.find((candidate) => signature.test(candidate))) ?? lines[0] ?? 'no message';
  const received = lines.find((candidate) => candidate.startsWith('Received:'));
  return `${line.replace(/^Error: /, '')}${received ? ` · ${received}` : ''}`.slice(0, 200);
}
