/**
 * What a recording says about why a session ended. It proves nothing: a proxy, another tab or a fault of the app itself may
 * look the same.
 */
export interface Verdict {
  /** What the app says, what is likely, or that the cause is unknown; and what shows it. */
  sentences: string[];
  /** What to look at next. */
  next: string[];
}

export const appSays = ([why = '', ...others]: string[], ...next: string[]): Verdict => ({
  sentences: [`The app says why: ${why}`, ...others],
  next,
});

/** What fits a recording. */
export const likely = ([what = '', ...others]: string[], ...next: string[]): Verdict =>
  unknown([`Likely: ${what}`, ...others], ...next);

export const unknown = (sentences: string[], ...next: string[]): Verdict => ({
  sentences: ['The cause is unknown.', ...sentences],
  next,
});
