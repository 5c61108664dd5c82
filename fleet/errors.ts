/** An error whose message says everything; its stack is not printed. */
export abstract class ReportedError extends Error {
  /** Process exit code that a command ends with when it meets this error. */
  abstract readonly exitCode: number;
}

/**
 * A fault of the harness or its environment, never of the product: setup, a deadline, a port, an image. The message is
 * a sentence that ends with what to do next.
 */
export class HarnessError extends ReportedError {
  override readonly name: string = 'HarnessError';
  readonly exitCode: number = exitCodes.harnessFailed;
}

/**
 * A fault of the product that shows before any test runs: an app that exits while it starts. The message holds its last
 * lines.
 */
export class ProductFailed extends ReportedError {
  override readonly name = 'ProductFailed';
  readonly exitCode = exitCodes.productFailed;
}

/** The harness is fine, but this machine lacks something it needs (no Docker, no image, no browser). */
export class CannotRunHere extends HarnessError {
  override readonly name = 'CannotRunHere';
  override readonly exitCode = exitCodes.cannotRunHere;
}

/** What a command's exit code means, the same for every command. */
export const exitCodes = {
  passed: 0,
  productFailed: 1,
  harnessFailed: 2,
  cannotRunHere: 77,
} as const;
