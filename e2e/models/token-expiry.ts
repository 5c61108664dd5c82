import { deadline } from '../deadline.ts';
import { expect } from '../matchers/index.ts';

/** Resolves when an access token has expired. @param end seconds since the epoch, by the clock of this machine. */
export const tokenExpired = (end: number): Promise<void> =>
  expect
    .poll(() => Date.now() / 1000, { message: 'the access token expires', timeout: deadline(10_000) })
    .toBeGreaterThan(end);
