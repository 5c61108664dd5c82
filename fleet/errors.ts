/**
 * A fault of the harness or of its surroundings, never of the product: setup, a deadline, a port, an image.
 * The message is a sentence that ends with what to do next.
 */
export class HarnessError extends Error {
  override readonly name: string = 'HarnessError';
  /** Process exit code that a command ends with when it meets this error. */
  readonly exitCode: number = exitCodes.harnessFailed;
}

/** The harness is fine, but this machine lacks something it needs (no Docker, no image, no browser). */
export class CannotRunHere extends HarnessError {
  override readonly name = 'CannotRunHere';
  override readonly exitCode = exitCodes.cannotRunHere;
}

/** What a command's exit code means, the same for every verb. */
export const exitCodes = {
  passed: 0,
  productFailed: 1,
  harnessFailed: 2,
  cannotRunHere: 77,
} as const;
