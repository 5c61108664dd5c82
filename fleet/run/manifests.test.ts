import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HarnessError } from '../errors.ts';
import { manifestsOf, recordManifests } from './manifests.ts';
import { runDirectory } from './state.ts';

const runId = 'run-of-a-test';
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, stringData: { KEY: 'value' } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'manifests-'));
  vi.stubEnv('FLEET_STATE_DIR', folder);
  mkdirSync(runDirectory(runId), { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('what a run was started from is read as it was kept, and by nobody else', () => {
  recordManifests(runId, [secret]);
  expect(manifestsOf(runId)).toEqual([secret]);
  expect(statSync(join(runDirectory(runId), 'manifests.json')).mode & 0o777).toBe(0o600);
});

test('a run of which nothing is kept is told, with the next command', () => {
  expect(() => manifestsOf(runId)).toThrow(HarnessError);
  expect(() => manifestsOf(runId)).toThrow(/run-of-a-test .* npm run fleet -- down run-of-a-test/);
});
