import { expect, test } from 'vitest';
import { HarnessError } from '../../fleet/errors.ts';
import { precondition } from './precondition.ts';

test('a precondition that does not hold is a fault of the harness', () => {
  precondition(true, 'there are no pods');
  expect(() => precondition(false, 'there are no pods')).toThrow(
    new HarnessError('The test would prove nothing: there are no pods.'),
  );
});
