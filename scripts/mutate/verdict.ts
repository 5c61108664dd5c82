/** What is known about a mutant. */
export type Verdict =
  | 'killed by unit test'
  | 'killed by spec'
  | 'killed by rule'
  | 'timeout'
  | 'survived'
  | 'equivalent'
  | 'not run';

/** What one kind of test said about a mutant. */
export type Outcome =
  | { verdict: Exclude<Verdict, 'survived' | 'equivalent' | 'not run'>; killer: string; message: string }
  | { verdict: 'survived'; tests: number }
  | { verdict: 'not run'; message: string };
