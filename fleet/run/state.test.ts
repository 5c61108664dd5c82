import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { scratchState } from '../testing.ts';
import { productionHosts } from '../product/hosts.ts';
import {
  beginRun,
  checkRunId,
  newRunId,
  noSuchRun,
  readRunState,
  runDirectory,
  runsDirectory,
  updateRunState,
  writeRunState,
} from './state.ts';

beforeEach(scratchState);

const begin = (runId: string): void => beginRun('local', { runId, detached: false, hosts: productionHosts });

test('a write that finds no space leaves the state as it was, and no half of a new one', () => {
  begin('full');
  const draft = join(runDirectory('full'), `state.json.${process.pid}`);
  symlinkSync('/dev/full', draft);
  expect(() => writeRunState({ ...readRunState('full')!, detached: true })).toThrow('ENOSPC');
  expect(readdirSync(runDirectory('full')).toSorted()).toEqual(['logs', 'state.json']);
  expect(readRunState('full')).toMatchObject({ detached: false });
});

test('changes at the same time are all kept, and leave no lock', async () => {
  begin('busy');
  const add = (pid: number) =>
    updateRunState('busy', ({ processes }) => ({ processes: [...processes, { pid, startTime: '' }] }));
  await Promise.all([add(1), add(2), updateRunState('busy', () => ({ detached: true }))]);
  expect(readRunState('busy')).toMatchObject({ detached: true, processes: [{ pid: 1 }, { pid: 2 }] });
  expect(readdirSync(runsDirectory())).toEqual(['busy']);
});

test('a change of a run that is gone does not bring it back', async () => {
  await expect(updateRunState('gone', () => ({ detached: true }))).rejects.toThrow('The run gone is gone.');
  expect(readdirSync(runsDirectory())).toEqual([]);
});

test('lower-case letters and digits can name a run', () => {
  for (const runId of ['a', 'run-1a', '4'.repeat(40), newRunId()]) checkRunId(runId);
  for (const runId of ['', '-r4', 'R4', '../x', '4'.repeat(41)])
    expect(() => checkRunId(runId)).toThrow('cannot name a run. Use at most 40 lower-case letters and digits');
});

test.each(['..', '', 'kept/logs'])('"%s" is a folder, but no run', (path) => {
  begin('kept');
  expect(readRunState(path)).toBeUndefined();
  expect(noSuchRun('local', path).message).toBe(`There is no run "${path}". There are: kept.`);
});
