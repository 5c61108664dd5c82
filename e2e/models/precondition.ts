import { HarnessError } from '../../fleet/errors.ts';

/**
 * Checks what a test relies on and only the harness can break. What the product can break is an assertion.
 * @param otherwise a clause: what is the case when it does not hold.
 * @throws HarnessError
 */
export function precondition(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new HarnessError(`The test would prove nothing: ${otherwise}.`);
}
