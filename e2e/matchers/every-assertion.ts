/** Environment variable of the test runner: a test goes on after a failed assertion. */
export const everyAssertionVariable = 'E2E_EVERY_ASSERTION';
