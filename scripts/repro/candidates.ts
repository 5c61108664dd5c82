import { InvalidArgumentError } from 'commander';
import { missingIn } from '../../e2e/fixtures/engine-in-use.ts';
import { regressionNamed, regressions } from '../../fixtures/regressions/catalogue.ts';
import type { RefusedAfter, Regression } from '../../fixtures/regressions/regression.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import type { Reason } from './signs.ts';

/** Which faults to try: the plausible ones, all that sign somebody out, none, at most a number, or these. */
export type Faults = 'plausible' | 'all' | 'none' | number | string[];

/** The value of `--faults`. */
export function parseFaults(text: string): Faults {
  if (text === 'plausible' || text === 'all' || text === 'none') return text;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  if (/^[a-z][\w-]*(?:,[a-z][\w-]*)*$/.test(text)) return text.split(',');
  throw new InvalidArgumentError('Give plausible, all, none, a number from 1, or names of regressions with commas.');
}

/** A fault, and how much the recording speaks for what it needs. */
export interface Candidate {
  fault: Regression;
  /** Absent: the regression was named, and signs nobody out as far as the catalogue knows. */
  after?: RefusedAfter;
  points: number;
}

/** The faults to try, the likeliest first. @throws HarnessError for a name that the catalogue does not have. */
export async function candidatesFor(reasons: readonly Reason[], faults: Faults, engine: Engine): Promise<Candidate[]> {
  if (faults === 'none') return [];
  const pointsOf = (after?: RefusedAfter): number => reasons.find((reason) => reason.after === after)?.points ?? 0;
  const candidateOf = (fault: Regression): Candidate => ({
    fault,
    ...(fault.refusedAfter && { after: fault.refusedAfter }),
    points: pointsOf(fault.refusedAfter),
  });
  const byPoints = (a: Candidate, b: Candidate): number => b.points - a.points;
  if (Array.isArray(faults))
    return (await Promise.all(faults.map((name) => regressionNamed(name)))).map(candidateOf).toSorted(byPoints);
  const candidates = (await regressions())
    .filter(({ refusedAfter, needs }) => refusedAfter !== undefined && missingIn(engine, needs).length === 0)
    .map(candidateOf)
    .filter(({ points }) => points > 0 || faults === 'all')
    .toSorted(byPoints);
  return typeof faults === 'number' ? candidates.slice(0, faults) : candidates;
}
