/** Environment variable of the test runner: the parts of its fleet that are older than this repository. */
export const staleVariable = 'E2E_STALE';

/** The end of the verdict line on such a fleet. */
export const staleNote = (parts: string | undefined): string =>
  parts ? `, on a fleet that is older than this repository: ${parts}` : '';
