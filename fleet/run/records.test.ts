import { statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { scratchState } from '../testing.ts';
import { productionHosts } from '../product/hosts.ts';
import { changesOf, manifestsOfRun, recordChanges, recordManifests } from './records.ts';
import { beginRun, runDirectory } from './state.ts';

beforeEach(() => {
  scratchState();
  beginRun('local', { runId: 'r', hosts: productionHosts, detached: false });
});

test('what a run was started from is read as it was kept, and by nobody else', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'operator' } };
  recordManifests('r', [secret]);
  expect(changesOf('r')).toEqual([]);
  recordChanges('r', [{ mutants: true }]);
  expect([manifestsOfRun('r'), changesOf('r')]).toEqual([[secret], [{ mutants: true }]]);
  expect(statSync(join(runDirectory('r'), 'manifests.json')).mode & 0o777).toBe(0o600);
});
