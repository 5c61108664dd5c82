import { expect, test, vi } from 'vitest';
import { HarnessError, ProductFailed } from '../../fleet/errors.ts';
import { rollout } from './move.ts';

const roll = vi.hoisted(() => vi.fn<() => Promise<void>>());
vi.mock('./choose-run.ts', () => ({ chooseRun: () => Promise.resolve({ rollout: roll }) }));

test.each([HarnessError, ProductFailed])('an app whose pods do not become Ready is the product: %o', async (Fault) => {
  roll.mockRejectedValue(new Fault('operator did not roll out'));
  await expect(rollout('operator', { run: 'b', revision: '2' })).rejects.toThrow(ProductFailed);
});
