import { afterEach, expect, test, vi } from 'vitest';
import { HarnessError, ProductFailed } from '../../fleet/errors.ts';
import { rollout } from './move.ts';

const roll = vi.hoisted(() => vi.fn<() => Promise<void>>());
vi.mock('./choose-run.ts', () => ({ chooseRun: () => Promise.resolve({ rollout: roll }) }));
afterEach(() => vi.restoreAllMocks());

const printed = async (options: { run?: string }): Promise<string> => {
  let output = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((output += String(text))));
  await rollout('operator', { revision: '2', ...options });
  return output;
};

test('a rollout ends with the command that takes it back, of the same run', async () => {
  roll.mockResolvedValue();
  expect(await printed({ run: 'b' })).toMatch(/--undo --run b\n$/);
  expect(await printed({})).toMatch(/npm run fleet -- rollout operator --undo\n$/);
});

test.each([HarnessError, ProductFailed])('so does one whose pods do not become Ready: %o', async (Fault) => {
  roll.mockRejectedValue(new Fault('operator did not roll out'));
  await expect(rollout('operator', { run: 'b' })).rejects.toThrow(/--undo --run b$/);
});
