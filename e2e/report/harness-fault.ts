/** Chromium's error for requests that it aborts because a network interface of this machine was added or removed. */
export const networkChanged = 'net::ERR_NETWORK_CHANGED';

const harnessFault = new RegExp(
  `^(?:(?:HarnessError|CannotRunHere|MockError): |Error: browserType\\.launch: |Error: [\\w.]+: ${networkChanged} )`,
);

/**
 * Whether the error of a test is a fault of the harness, and not of the product. Playwright's message begins with the
 * error's class; an assertion's message may mention such an error as well.
 */
export const isHarnessFault = (message: string): boolean => harnessFault.test(message);
