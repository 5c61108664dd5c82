import pLimit from 'p-limit';

/** What a check found. */
interface CheckResult {
  saw: string;
  /** Sentences; empty when there are no faults. */
  faults: readonly string[];
  /** Why it could not be looked at, as turned out. */
  skipped?: string;
}

/** One question to a deployed fleet. It changes nothing. */
export interface Check<Context> {
  /** The host that it is about, such as `operator`. */
  of: string;
  title: string;
  /** Why it is not asked of this target. */
  skips?: (context: Context) => string | undefined;
  /** @throws CheckFailed, Unreachable: the only fault, when nothing else can be looked at. */
  run: (context: Context) => Promise<CheckResult>;
}

/** Ends a check with one sentence. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

/** More than there are pods, so that each is likely to answer. */
const times = 12;

/** So many that a distant fleet takes seconds, and so few that no limit of requests is reached. */
const atOnce = 4;

/** The answers to a question that is asked several times, because pods may differ. */
export async function repeated<Answer>(ask: () => Promise<Answer>, count = times): Promise<Answer[]> {
  const limited = pLimit(atOnce);
  return Promise.all(Array.from({ length: count }, () => limited(ask)));
}

/** Asks when it is first called, and then remembers what came. */
export function once<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let answer: Promise<Answer> | undefined;
  return () => (answer ??= ask());
}

/** How many there are of each: `12 x 401 from pod-a, 3 x 200`. */
export const counted = <Item>(items: readonly Item[], said: (item: Item) => string): string =>
  [...Map.groupBy(items, said)].map(([what, its]) => `${its.length} x ${what}`).join(', ');

/** The title of a check with the host that it is about. */
export const nameOf = ({ of, title }: { of: string; title: string }): string => `${of} ${title}`;
