/** An error whose message is complete; its stack is not printed. */
export abstract class ReportedError extends Error {
  /** Exit code of a command that ends with this error. */
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
 * A fault of the product that appears before any test runs, such as an app that exits while it starts. The message
 * contains the app's last lines.
 */
export class ProductFailed extends ReportedError {
  override readonly name = 'ProductFailed';
  readonly exitCode = exitCodes.productFailed;
}

/** The harness works, but this machine lacks something that it needs (Docker, an image, a browser). */
export class CannotRunHere extends HarnessError {
  override readonly name = 'CannotRunHere';
  override readonly exitCode = exitCodes.cannotRunHere;
}

/** The meaning of exit codes, the same for every command. */
export const exitCodes = {
  passed: 0,
  productFailed: 1,
  harnessFailed: 2,
  cannotRunHere: 77,
} as const;
