import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HarnessError } from '../errors.ts';
import { asHarnessError } from './file-system-fault.ts';

const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

test('a full disk is a sentence that names what to do', () => {
  const error = asHarnessError(thrownBy(() => writeFileSync('/dev/full', 'x')));
  expect(error).toBeInstanceOf(HarnessError);
  expect((error as Error).message).toMatch(/^ENOSPC: no space left on device, write\. .* FLEET_STATE_DIR\.$/);
});

test.each([new TypeError('no'), undefined, thrownBy(() => writeFileSync('/no-such-folder/x', ''))])(
  '%s stays what it is',
  (error) => expect(asHarnessError(error)).toBe(error),
);
