import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { productionHosts } from '../hosts.ts';
import { changesOf, manifestsOfRun, recordChanges, recordManifests } from './records.ts';
import { beginRun, runDirectory } from './state.ts';

beforeEach(() => {
  vi.stubEnv('FLEET_STATE_DIR', mkdtempSync(join(tmpdir(), 'records-')));
  beginRun('local', { runId: 'r', hosts: productionHosts, detached: false });
});
afterEach(() => {
  rmSync(process.env['FLEET_STATE_DIR']!, { recursive: true });
  vi.unstubAllEnvs();
});

test('what a run was started from is read as it was kept, and by nobody else', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'operator' } };
  recordManifests('r', [secret]);
  expect(changesOf('r')).toEqual([]);
  recordChanges('r', [{ mutants: true }]);
  expect([manifestsOfRun('r'), changesOf('r')]).toEqual([[secret], [{ mutants: true }]]);
  expect(statSync(join(runDirectory('r'), 'manifests.json')).mode & 0o777).toBe(0o600);
});
