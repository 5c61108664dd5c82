import { HarnessError } from '../../fleet/errors.ts';

/**
 * Checks what a test arranges or relies on, and what is no claim about the product.
 * @param otherwise a clause: what is the case when it does not hold.
 * @throws HarnessError
 */
export function precondition(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new HarnessError(`The test would prove nothing: ${otherwise}.`);
}
