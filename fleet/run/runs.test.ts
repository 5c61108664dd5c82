import { existsSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { scratchState } from '../testing.ts';
import { productionHosts } from '../product/hosts.ts';
import { thisProcess } from './process-identity.ts';
import { isRunAlive, listRuns, reapAbandoned } from './runs.ts';
import { beginRun, removeRun, runDirectory, writeRunState, type RunState } from './state.ts';

const living = thisProcess();
const dead = { ...living, startTime: 'another' };
const run = (state: Partial<RunState>): RunState => ({
  runId: 'run',
  engine: 'local',
  startedAt: '',
  detached: false,
  hosts: productionHosts,
  owner: dead,
  processes: [],
  ...state,
});

test.each<[string, boolean, Partial<RunState>]>([
  ['an owner that still starts it', true, { owner: living }],
  ['owner and helper', true, { owner: living, supervisor: living }],
  ['a helper that should have ended with its owner', false, { supervisor: living }],
  ['a helper that was to outlive its owner', true, { supervisor: living, detached: true }],
  ['an owner whose helper was killed', false, { owner: living, supervisor: dead }],
  ['an owner whose watcher of a node was killed', true, { engine: 'k3s', owner: living, supervisor: dead }],
  ['nobody', false, { detached: true }],
])('a run with %s: alive is %s', (_, alive, state) => {
  expect(isRunAlive(run(state))).toBe(alive);
});

beforeEach(scratchState);

test('abandoned runs of the engine are ended; one that cannot be is reported and prevents nothing', async () => {
  for (const state of [
    run({ runId: 'up', owner: living }),
    run({ runId: 'stuck' }),
    run({ runId: 'left' }),
    run({ runId: 'of-docker', engine: 'k3s' }),
  ]) {
    beginRun(state.engine, state);
    writeRunState(state);
  }
  const lines: string[] = [];
  const end = (runId: string): void => {
    if (runId === 'stuck') throw new Error('The cluster does not answer.');
    removeRun(runId);
  };
  await reapAbandoned('local', end, (line) => lines.push(line));
  expect(lines.toSorted()).toEqual([
    'left was abandoned and is cleared away',
    'stuck was abandoned and cannot be cleared away: The cluster does not answer.',
  ]);
  expect(existsSync(runDirectory('left'))).toBe(false);
  expect(
    listRuns()
      .map(({ runId, alive }) => `${runId} ${alive}`)
      .toSorted(),
  ).toEqual(['of-docker false', 'stuck false', 'up true']);
});
