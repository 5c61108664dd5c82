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

/** Where specs and regressions do not name each other. @returns sentences. */
export function unclaimed(all: readonly Regression[], tests: readonly TestOutcome[]): string[] {
  const known = new Set(all.map(({ name }) => name));
  const specsOf = (name: string) => new Set(tests.filter(({ tags }) => tags.includes(name)).map(({ spec }) => spec));
  return [
    ...all.flatMap(({ name, caughtBy }) => {
      const tagged = specsOf(name);
      const named = new Set(Object.keys(caughtBy));
      return [
        ...[...named.difference(tagged)].map(
          (spec) => `${name} says that ${spec} catches it, but no test there has the tag @${name}`,
        ),
        ...[...tagged.difference(named)].map(
          (spec) => `${spec} has the tag @${name}, but the regression does not name that spec`,
        ),
        ...(tagged.size === 0 && named.size === 0 ? [`no spec claims to catch ${name}`] : []),
      ];
    }),
    ...tests.flatMap(({ spec, title, tags }) => {
      if (tags.length === 0) return [`${spec}: "${title}" names no regression that would turn it red`];
      return tags
        .filter((tag) => !known.has(tag))
        .map((tag) => `${spec}: "${title}" names @${tag}, which is no regression`);
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
