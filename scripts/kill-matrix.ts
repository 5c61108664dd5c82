import type { Regression } from '../fixtures/regressions/regression.ts';
import type { TestOutcome } from './results.ts';

/** What putting one regression back came to. */
export interface Finding {
  regression: string;
  verdict: 'caught' | 'missed' | 'wrong reason' | 'not run';
  /** Specs whose claiming tests all failed as foretold. */
  specs: string[];
  /** The first line that gave it away, or what went wrong. */
  message: string;
  seconds: number;
}

/** Holds what the tests did against what the regression says they must do: each one fails, for the stated reason. */
export function judge(regression: Regression, outcomes: readonly TestOutcome[]): Omit<Finding, 'seconds'> {
  const claiming = outcomes.filter((test) => test.tags.includes(regression.name));
  const finding = (verdict: Finding['verdict'], message: string): Omit<Finding, 'seconds'> => ({
    regression: regression.name,
    verdict,
    specs: Object.keys(regression.caughtBy),
    message,
  });
  if (claiming.every((test) => test.status === 'skipped'))
    return finding('not run', 'every test that claims it was skipped');

  const survivor = claiming.find((test) => test.status === 'passed');
  if (survivor) return finding('missed', `${survivor.spec}: "${survivor.title}" passed`);

  for (const test of claiming.filter(({ status }) => status === 'failed')) {
    const signature = regression.caughtBy[test.spec];
    if (!signature?.test(test.message)) {
      return finding('wrong reason', `${test.spec}: "${test.title}" failed with: ${headline(test.message)}`);
    }
  }
  const first = claiming.find((test) => test.status === 'failed');
  return finding('caught', headline(first?.message ?? '', regression.caughtBy[first?.spec ?? '']));
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

/** The line of a message that says it, at most 160 characters. */
function headline(message: string, signature?: RegExp): string {
  const lines = message
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const line = (signature && lines.find((candidate) => signature.test(candidate))) ?? lines[0] ?? 'no message';
  return line.replace(/^Error: /, '').slice(0, 160);
}
