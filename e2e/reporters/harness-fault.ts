/**
 * Whether the error of a test is a fault of the harness, and not of the product. Playwright's message begins with the
 * error's class; an assertion's message may mention such an error as well.
 */
export const isHarnessFault = (message: string): boolean => /^(?:HarnessError|CannotRunHere|MockError): /.test(message);
