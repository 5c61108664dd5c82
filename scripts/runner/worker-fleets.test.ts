import { expect, test } from 'vitest';
import type { Engine, Fleet, FleetOptions } from '../../fleet/engines/shared/engine.ts';
import { startWorkerFleets } from './worker-fleets.ts';

/** An engine that records what is started and ended. `broken`: the number of the start that fails. */
function recorder({ broken = 0 } = {}) {
  const started: FleetOptions[] = [];
  const ended: string[] = [];
  const engine: Pick<Engine, 'up'> = {
    up: async (options = {}) => {
      started.push(options);
      const runId = `run-${started.length}`;
      if (started.length === broken) throw new Error(`${runId} does not start`);
      const fleet: Pick<Fleet, 'runId' | 'down'> = {
        runId,
        down: async () => void ended.push(runId),
      };
      return fleet as Fleet;
    },
  };
  return { engine: engine as Engine, started, ended };
}

test('every worker has a fleet, and all share with the first, which ends last', async () => {
  const { engine, started, ended } = recorder();
  {
    await using fleets = await startWorkerFleets(engine, async () => 3, {});
    expect(fleets.map(({ runId }) => runId)).toEqual(['run-1', 'run-2', 'run-3']);
    expect(started.map(({ shareWith }) => shareWith)).toEqual([undefined, 'run-1', 'run-1']);
  }
  expect(ended).toEqual(['run-2', 'run-3', 'run-1']);
});

test('when one does not start, the others are taken down', async () => {
  const { engine, ended } = recorder({ broken: 2 });
  await expect(startWorkerFleets(engine, async () => 3, {})).rejects.toThrow('run-2 does not start');
  expect(ended).toEqual(['run-3', 'run-1']);
});

test('when the number cannot be told, the first is taken down, or its start is stopped', async () => {
  const { engine, ended } = recorder();
  const unknown = () => Promise.reject(new Error('No test matches'));
  await expect(startWorkerFleets(engine, unknown, {})).rejects.toThrow('No test matches');
  expect(ended).toEqual(['run-1']);
  const waits: Pick<Engine, 'up'> = {
    up: ({ signal } = {}) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  };
  await expect(startWorkerFleets(waits as Engine, unknown, {})).rejects.toThrow('No test matches');
});
