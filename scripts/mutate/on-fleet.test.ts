import { beforeEach, expect, test, vi } from 'vitest';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { specsOn } from '../prove/prove-regression.ts';
import { redOn, tryOnFleet } from './on-fleet.ts';

vi.mock('../prove/prove-regression.ts', () => ({ specsOn: vi.fn() }));

const failed = { spec: 'a.spec.ts', line: 1, status: 'failed', message: 'Error: ECONNREFUSED', at: [] };
const fleetWith = (pods: Fleet['pods']) => ({ runId: 'unit-test', pods }) as Fleet;
const trial = { file: 'apps/base/server/sessions/session-times.ts', attempts: [['a.spec.ts:1']], testsAtOnce: 1 };

beforeEach(() => {
  const record = { tests: [failed], errors: [] };
  vi.mocked(specsOn).mockResolvedValue(record as unknown as Awaited<ReturnType<typeof specsOn>>);
});

test('a test that fails on a fleet that answers has killed the mutant', async () => {
  expect(
    await tryOnFleet(
      fleetWith(async () => []),
      trial,
    ),
  ).toMatchObject({ result: 'killed', killer: 'a.spec.ts:1' });
});

test.each([new HarnessError('The supervisor does not answer.'), new Error('connect ECONNREFUSED')])(
  'a failure on a fleet that no longer answers says nothing: %s',
  async (error) => {
    const dead = fleetWith(vi.fn<Fleet['pods']>().mockRejectedValue(error));
    const message = `The fleet no longer answers: ${error.message}`;
    expect(await tryOnFleet(dead, trial)).toEqual({ result: 'not run', message });
    await expect(redOn(dead, ['a.spec.ts:1'], 1)).rejects.toThrow(new HarnessError(message));
  },
);
