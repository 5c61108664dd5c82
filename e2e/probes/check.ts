/** What a check found. */
interface CheckResult {
  saw: string;
  /** Sentences; empty when there are no faults. */
  faults: readonly string[];
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

/** The title of a check with the host that it is about. */
export const nameOf = ({ of, title }: { of: string; title: string }): string => `${of} ${title}`;
