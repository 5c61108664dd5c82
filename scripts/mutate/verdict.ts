import type { Mutant } from '../../fleet/build/mutants.ts';

/** What one kind of test says about a mutant. `not run`: nothing, because it could not be tried. */
export type Outcome =
  | { result: 'killed' | 'timeout'; killer: string; message: string }
  | { result: 'survived'; tests: number }
  | { result: 'not run'; message: string };

/** In the order in which they are tried. `rule`: checks of manifests and environment. */
export const kinds = ['rule', 'unit test', 'spec'] as const;
type Kind = (typeof kinds)[number];

/** What is known about one mutant. */
export interface Finding {
  mutant: Mutant;
  /** Reason why no test can tell it from the original. */
  equivalent?: string;
  /** Of the kinds of tests that were tried. */
  outcomes: Partial<Record<Kind, Outcome>>;
  seconds: number;
}

export type Verdict = `killed by ${Kind}` | 'timeout' | 'survived' | 'equivalent' | 'not run';

/** The first kind of test that notices the mutant decides. */
export function verdictOf({ equivalent, outcomes }: Finding): Verdict {
  const found = kinds.find((kind) => isKilled(outcomes[kind]));
  if (found) return outcomes[found]?.result === 'timeout' ? 'timeout' : `killed by ${found}`;
  if (equivalent !== undefined) return 'equivalent';
  // What the last kind says counts: a mutant that only the first could be tried against is not known to survive.
  const tried = kinds.flatMap((kind) => outcomes[kind] ?? []);
  return tried.length === 0 || tried.some(({ result }) => result === 'not run') ? 'not run' : 'survived';
}

export const isKilled = (outcome: Outcome | undefined): boolean =>
  outcome?.result === 'killed' || outcome?.result === 'timeout';

export interface Score {
  /** Without equivalent ones and those that were not tried. */
  mutants: number;
  killed: number;
  /** Those that specs were tried against, and how many of them the specs killed. */
  triedBySpecs: number;
  killedBySpecs: number;
}

export function scoreOf(findings: readonly Finding[]): Score {
  const counted = findings.filter((finding) => !['equivalent', 'not run'].includes(verdictOf(finding)));
  const tried = counted.filter(({ outcomes: { spec } }) => spec && spec.result !== 'not run');
  return {
    mutants: counted.length,
    killed: counted.filter((finding) => verdictOf(finding) !== 'survived').length,
    triedBySpecs: tried.length,
    killedBySpecs: tried.filter(({ outcomes }) => isKilled(outcomes.spec)).length,
  };
}

/** `93 %`, or `-` of nothing. */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${Math.floor((100 * part) / whole)} %`;
