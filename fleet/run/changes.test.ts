import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { productionHosts } from '../hosts.ts';
import { changesOf, recordChanges } from './changes.ts';
import { beginRun, runDirectory } from './state.ts';

function begunRun(): string {
  const folder = mkdtempSync(join(tmpdir(), 'changes-'));
  vi.stubEnv('FLEET_STATE_DIR', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  beginRun('local', { runId: 'r', hosts: productionHosts, detached: false });
  return 'r';
}

test('the changes of a run are read as they were recorded', () => {
  const run = begunRun();
  expect(changesOf(run)).toEqual([]);
  recordChanges(run, [{ mutants: true }]);
  expect(changesOf(run)).toEqual([{ mutants: true }]);
});

test.each(['', 'x', '{"a', 'null', '{}', '[null]'])(
  'damaged changes (%j) are an error with the next command',
  (content) => {
    const run = begunRun();
    writeFileSync(join(runDirectory(run), 'changes.json'), content);
    expect(() => changesOf(run)).toThrow(
      'The changes of the run r are lost. Start it again: npm run fleet -- down r, then up',
    );
  },
);
