import { expect, test } from 'vitest';
import { productionHosts } from '../../hosts.ts';
import { thisProcess } from '../../run/process-identity.ts';
import type { RunState } from '../../run/state.ts';
import { StateRecorder } from './state-recorder.ts';

/** A recorder on a disk that can be full. */
function recorderOn(disk: { full: boolean; written: string[] }) {
  const state: RunState = {
    runId: 'r',
    engine: 'local',
    startedAt: 'now',
    detached: false,
    hosts: productionHosts,
    owner: thisProcess(),
    processes: [],
  };
  const lines: string[] = [];
  const recorder = new StateRecorder(state, {
    say: (line) => lines.push(line),
    write: ({ processes }) => {
      if (disk.full) throw Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
      disk.written.push(processes.map(({ pid }) => pid).join(' '));
    },
  });
  const add = (pid: number) => (state: RunState) => void state.processes.push({ pid, startTime: '' });
  return { recorder, lines, add };
}

test('what a full disk did not take is written with the next change, and the log says so once', () => {
  const disk = { full: false, written: [] as string[] };
  const { recorder, lines, add } = recorderOn(disk);
  recorder.record(add(1));
  disk.full = true;
  recorder.record(add(2));
  recorder.record(add(3));
  expect(lines).toEqual([
    expect.stringMatching(/^The run goes on, but its state cannot be written: .*no space is left/),
  ]);
  disk.full = false;
  recorder.record(add(4));
  expect(disk.written).toEqual(['1', '1 2 3 4']);
  disk.full = true;
  recorder.record(add(5));
  expect(lines, 'a new outage').toHaveLength(2);
});

test('what others cannot do without is an error when it is not written', () => {
  const { recorder, add } = recorderOn({ full: true, written: [] });
  expect(() => recorder.require(add(1))).toThrow('no space');
});

test('nothing is written once the run ends', () => {
  const disk = { full: false, written: [] as string[] };
  const { recorder, add } = recorderOn(disk);
  recorder.close();
  recorder.record(add(1));
  recorder.require(add(2));
  expect(disk.written).toEqual([]);
});
