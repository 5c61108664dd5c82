import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { repositoryRoot } from '../../fleet/root.ts';
import type { Finding } from './kill-matrix.ts';
import type { Finding as MutantFinding } from '../mutate/verdict.ts';
import { assertionsIn, type Assertion } from './assertions.ts';

/** Folders of `e2e/` in which a regression or a mutant turns every assertion red. */
const mustBeProven = ['session', 'logout', 'rollout'];

/** Each regression with the tests that it turned red, and what each of them said. */
export function evidenceText(findings: readonly Finding[]): string {
  return findings
    .toSorted((a, b) => a.regression.localeCompare(b.regression))
    .map(({ regression, verdict, evidence, red = [] }) => {
      const said =
        red.length > 0
          ? red.map(({ spec, title, message }) => `  ${spec}: ${title}\n    ${message}`)
          : evidence.map(({ spec, message }) => `  ${[spec, message].filter(Boolean).join(': ')}`);
      return [`${regression}: ${verdict}`, ...said].join('\n');
    })
    .join('\n');
}

/** Assertions of the specs on sessions, sign-out and rollouts. */
export const assertionsToProve = (): Assertion[] =>
  globSync(`{${mustBeProven.join(',')}}/*.spec.ts`, { cwd: join(repositoryRoot, 'e2e') })
    .toSorted()
    .flatMap((spec) => assertionsIn(spec, readFileSync(join(repositoryRoot, 'e2e', spec), 'utf8')));

/** The assertions that a regression made fail, by their ids. */
const redAssertionsSchema = z.object({
  /** At which tests that claim it failed first, as it requires. */
  first: z.array(z.string()),
  /**
   * At which tests failed after another assertion (`prove --every-assertion`), or for another reason, or tests that do
   * not claim it (`alsoFails`, `prove --also`).
   */
  later: z.array(z.string()),
});
type RedAssertions = z.output<typeof redAssertionsSchema>;

/** `red-assertions.json`: those of each regression, by its name. */
export const redFileSchema = z.record(z.string(), redAssertionsSchema);

/** What a finding says about these assertions. */
export function redAssertions(
  assertions: readonly Assertion[],
  { verdict, red = [], redElsewhere = [] }: Pick<Finding, 'verdict' | 'red' | 'redElsewhere'>,
): RedAssertions {
  const idsAt = (positions: readonly string[]): string[] => failedAt(assertions, positions).map(({ id }) => id);
  const first = verdict === 'caught' ? idsAt(red.flatMap(({ at }) => at)) : [];
  const all = idsAt([...red.flatMap(({ at, laterAt }) => [...at, ...laterAt]), ...redElsewhere]);
  return { first, later: all.filter((id) => !first.includes(id)) };
}

/** The ids of the assertions that mutants made fail. */
export const redByMutants = (findings: readonly MutantFinding[]): string[] =>
  findings.flatMap(({ outcomes: { spec } }) => (spec && 'red' in spec ? (spec.red ?? []) : []));

/** The assertions at one of these positions. @param positions as `session/a.spec.ts:12:9`. */
export function failedAt(assertions: readonly Assertion[], positions: readonly string[]): Assertion[] {
  const bySpec = Map.groupBy([...new Set(positions)].map(parsePosition), ({ spec }) => spec);
  return assertions.filter(({ spec, covers }) => bySpec.get(spec)?.some(({ line, column }) => covers(line, column)));
}

/** `session/a.spec.ts:12:9` */
function parsePosition(position: string): { spec: string; line: number; column: number } {
  const [spec = '', line, column] = position.split(':');
  return { spec, line: Number(line), column: Number(column) };
}
