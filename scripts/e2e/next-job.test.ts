import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import { productionHosts } from '../../fleet/hosts.ts';
import { recordManifests, recordOrigin } from '../../fleet/run/records.ts';
import { beginRun } from '../../fleet/run/state.ts';
import { nextJob, type Watched } from './next-job.ts';

const old = { operator: 'operator-1' };
const cookie = 'e2e/session/cookie.spec.ts';

const watched = (changes: Partial<Watched> = {}, now: Record<string, string> = old): Watched => ({
  engine: { content: async () => now, capabilities: new Set() } as unknown as Engine,
  fleet: { runId: 'look', hosts: productionHosts } as unknown as Fleet,
  changes: [],
  filters: [],
  last: undefined,
  hasFailed: false,
  ...changes,
});

beforeEach(() => {
  vi.stubEnv('FLEET_STATE_DIR', mkdtempSync(join(tmpdir(), 'job-')));
  beginRun('local', { runId: 'look', hosts: productionHosts, detached: false });
  recordOrigin('look', { content: old });
  recordManifests('look', []);
});
afterEach(() => {
  rmSync(process.env['FLEET_STATE_DIR']!, { recursive: true });
  vi.unstubAllEnvs();
});

const saved = (...files: string[]) => [{ at: 7, files }];

test('a spec that is saved runs', async () => {
  expect(await nextJob(saved(cookie), watched())).toEqual({ why: `${cookie} saved`, args: [cookie], since: 7 });
});

test('a spec outside of the selection does not', async () => {
  expect(await nextJob(saved(cookie), watched({ filters: ['logout'] }))).toBe(
    `${cookie} saved: it changes no part of the fleet and no spec of the selection.`,
  );
});

test('a change of an app brings the fleet up to date and runs again what ran last', async () => {
  const now = { operator: 'operator-2' };
  expect(await nextJob(saved('apps/operator/app/app.vue'), watched({ last: [cookie] }, now))).toEqual({
    why: 'apps/operator/app/app.vue saved',
    stale: { parts: ['operator'], now },
    args: [cookie],
    since: 7,
  });
});

test.each([
  ['return', [cookie]],
  ['a', ['session']],
  ['f', ['--last-failed']],
])('the key %s runs %j', async (key, args) => {
  const job = await nextJob([{ at: 7, key }], watched({ filters: ['session'], last: [cookie], hasFailed: true }));
  expect(job).toMatchObject({ args, since: 7 });
});

test('without a failed test there is none to run again', async () => {
  expect(await nextJob([{ at: 7, key: 'f' }], watched())).toBe('No test of the last run failed.');
});

test('any other key says which there are', async () => {
  expect(await nextJob([{ at: 7, key: 'x' }], watched())).toMatch(/^Keys: enter/);
});
