import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Where tests failed first because of regressions. */
export const redByRegressions = (findings: readonly Finding[]): string[] =>
  findings.flatMap(({ red = [] }) => red.flatMap(({ at }) => at));

/**
 * Where else they failed: after the first failed assertion (`prove --every-assertion`), or in a test that does not claim
 * the regression (`prove --also`).
 */
export const redLater = (findings: readonly Finding[]): string[] =>
  findings.flatMap(({ red = [], redElsewhere = [] }) => [
    ...red.flatMap(({ laterAt = [] }) => laterAt),
    ...redElsewhere,
  ]);

/** Where tests failed because of mutants. */
export const redByMutants = (findings: readonly MutantFinding[]): string[] =>
  findings.flatMap(({ outcomes: { spec } }) => (spec && 'at' in spec ? (spec.at ?? []) : []));

/** Assertions at none of these positions. @param red as `session/a.spec.ts:12:9`. */
export function unproven(assertions: readonly Assertion[], red: readonly string[]): Assertion[] {
  const bySpec = Map.groupBy([...new Set(red)].map(parsePosition), ({ spec }) => spec);
  return assertions.filter(({ spec, covers }) => !bySpec.get(spec)?.some(({ line, column }) => covers(line, column)));
}

/** `session/a.spec.ts:12:9` */
function parsePosition(position: string): { spec: string; line: number; column: number } {
  const [spec = '', line, column] = position.split(':');
  return { spec, line: Number(line), column: Number(column) };
}
