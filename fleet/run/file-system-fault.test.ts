import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
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
  expect((error as Error).message).toMatch(/^write fails for .*: no space is left on its disk\. .* FLEET_STATE_DIR\.$/);
});

test('a path through a file is a sentence that names it', () => {
  const error = asHarnessError(thrownBy(() => writeFileSync('/dev/null/state.json', 'x')));
  expect((error as Error).message).toBe(
    'open fails for /dev/null/state.json: a part of its path is not a folder. Free or unlock it.',
  );
});

test('only what runs keep can be kept elsewhere', () => {
  vi.stubEnv('FLEET_STATE_DIR', '/dev/null');
  onTestFinished(() => void vi.unstubAllEnvs());
  const error = asHarnessError(thrownBy(() => writeFileSync('/dev/null/state.json', 'x')));
  expect((error as Error).message).toContain('or let runs keep their files elsewhere: FLEET_STATE_DIR.');
});

test('a folder that cannot be made is a sentence', () => {
  const error = asHarnessError(thrownBy(() => mkdirSync('/proc/self/none')));
  expect((error as Error).message).toContain('mkdir fails for /proc/self/none: its folder cannot be made');
});

test.each([
  new TypeError('no'),
  new HarnessError('known'),
  undefined,
  'text',
  thrownBy(() => writeFileSync('/no-such-folder/x', '')),
])('%s stays what it is', (error) => expect(asHarnessError(error)).toBe(error));
