import { beforeEach, expect, test, vi } from 'vitest';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import type * as onFleet from './on-fleet.ts';
import { redOn, tryOnFleet, tryOnOwnFleet } from './on-fleet.ts';
import { tryOnFleets, type Trial } from './on-fleets.ts';
import { finding, mutant } from './testing.ts';

vi.mock('./on-fleet.ts', async (original) => ({
  ...(await original<typeof onFleet>()),
  redOn: vi.fn(),
  tryOnFleet: vi.fn(),
  tryOnOwnFleet: vi.fn(),
}));
const fleets = vi.hoisted(() => ({ started: 0, ended: 0, isReady: async () => true }));
vi.mock('./shared-fleet.ts', () => ({
  startSharedFleet: async () => {
    fleets.started += 1;
    return {
      fleet: {},
      select: () => {},
      isReady: () => fleets.isReady(),
      [Symbol.asyncDispose]: async () => void (fleets.ended += 1),
    };
  },
}));

beforeEach(() => {
  Object.assign(fleets, { started: 0, ended: 0, isReady: async () => true });
  vi.mocked(tryOnFleet).mockReset();
  vi.mocked(tryOnOwnFleet).mockReset();
  vi.mocked(redOn).mockReset();
});

const killed = { result: 'killed', killer: 'a.spec.ts:1', message: 'Error' } as const;

/** What comes of mutants that pods can switch to, or that need a fleet of their own. */
async function outcomesOf(ids: readonly string[], { switched }: { switched: boolean }) {
  const mutants = ids.map((id) => mutant(id));
  const trials = mutants.map((one): Trial => ({
    candidate: { mutant: one, family: switched ? 'source' : 'manifest', ownBuild: false, change: {} },
    finding: finding(one.id),
  }));
  const coverage = { tests: [{ place: 'a.spec.ts:1', duration: 1, reached: [...ids] }], start: [], known: [...ids] };
  const onTried = vi.fn();
  const engine = {} as Engine;
  await tryOnFleets(trials, { engine, mutants, coverage, jobs: 1, most: undefined, onTried });
  expect(fleets.ended).toBe(fleets.started);
  return trials.map((trial) => trial.finding.outcomes.spec);
}

const outcomeOf = async (options: { switched: boolean }) => (await outcomesOf(['one'], options))[0];

test('a mutant is killed on its own fleet by a test that passes without it', async () => {
  vi.mocked(tryOnOwnFleet).mockResolvedValue(killed);
  vi.mocked(redOn).mockResolvedValue(new Set());
  expect(await outcomeOf({ switched: false })).toEqual(killed);
  expect(vi.mocked(redOn).mock.calls).toEqual([[{}, ['a.spec.ts:1'], 1]]);
});

test('a test that also fails without the mutant says nothing about it', async () => {
  vi.mocked(tryOnOwnFleet).mockResolvedValue(killed);
  vi.mocked(redOn).mockResolvedValue(new Set(['a.spec.ts:1']));
  const message = 'a.spec.ts:1 also fails without the mutant';
  expect(await outcomeOf({ switched: false })).toEqual({ result: 'not run', message });
});

test('on a fleet that mutants share, such a test leads to another try on a fleet of its own', async () => {
  vi.mocked(tryOnFleet).mockResolvedValue(killed);
  vi.mocked(tryOnOwnFleet).mockResolvedValue({ result: 'survived', tests: 1 });
  vi.mocked(redOn).mockResolvedValue(new Set(['a.spec.ts:1']));
  expect(await outcomeOf({ switched: true })).toEqual({ result: 'survived', tests: 1 });
});

test('no fleet is started for a mutant with which no app starts', async () => {
  vi.mocked(tryOnOwnFleet).mockResolvedValue({ ...killed, killer: 'the start of the fleet' });
  expect(await outcomeOf({ switched: false })).toMatchObject({ result: 'killed' });
  expect(fleets.started).toBe(0);
});

const silent = new HarnessError('The fleet no longer answers: gone');

test('a shared fleet that does not answer is replaced, and what it said is tried again', async () => {
  fleets.isReady = () => Promise.reject(silent);
  vi.mocked(tryOnFleet).mockResolvedValue(killed);
  vi.mocked(redOn).mockRejectedValueOnce(silent).mockResolvedValue(new Set());
  vi.mocked(tryOnOwnFleet).mockResolvedValue({ result: 'survived', tests: 1 });
  expect(await outcomesOf(['one', 'two'], { switched: true })).toEqual([{ result: 'survived', tests: 1 }, killed]);
  expect(fleets.started).toBe(2);
});

test('a killer is not confirmed by a fleet that does not answer', async () => {
  vi.mocked(tryOnOwnFleet).mockResolvedValue(killed);
  vi.mocked(redOn).mockRejectedValue(silent);
  expect(await outcomeOf({ switched: false })).toEqual({ result: 'not run', message: silent.message });
});
