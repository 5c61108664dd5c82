import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { scratchState } from '../../fleet/testing.ts';
import type { Capability } from '../../fleet/engines/shared/capabilities.ts';
import type { Engine, Fleet, FleetOptions } from '../../fleet/engines/shared/engine.ts';
import { productionHosts } from '../../fleet/product/hosts.ts';
import { changesForAuthentik } from '../../fleet/manifests/authentik.ts';
import { applyChanges } from '../../fleet/manifests/changes.ts';
import type { KubeObject } from '../../fleet/manifests/objects.ts';
import { originOfRun, recordManifests, recordOrigin, recordTestThatChanges } from '../../fleet/run/records.ts';
import { beginRun, removeRun, updateRunState } from '../../fleet/run/state.ts';
import { bringUpToDate, keptFleet } from './up-to-date.ts';

vi.mock('../../fleet/build/builds.ts', () => ({
  buildApps: async (apps: string[]) => void done.push(`build ${apps}`),
}));

const done = vi.hoisted((): string[] => []);
const old = { operator: 'operator-1', portal: 'portal-1', authentik: 'a', manifests: 'm' };

/** The manifest that says which Authentik the fleet has. */
const withProfile = (profile: string): KubeObject[] => {
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'authentik-config' },
    data: { AUTHENTIK_PROFILE: '' },
  };
  return applyChanges([config], changesForAuthentik([config], { profile }, productionHosts.auth));
};

const product = { createPeople: async () => void done.push('people') };
const beforeChange = async () => void done.push('before change');

let started: FleetOptions | undefined;
const fleet = {
  runId: 'look',
  hosts: productionHosts,
  rollout: async (app: string, change: object) => void done.push(`roll ${app} ${JSON.stringify(change)}`),
  down: async () => (removeRun('look'), void done.push('down')),
} as unknown as Fleet;

const engine = (now: Record<string, string>, capabilities: Capability[] = ['builds']) =>
  ({
    name: 'local',
    apps: ['operator', 'portal', 'platform-api'],
    capabilities: new Set(capabilities),
    content: async () => now,
    attach: async () => fleet,
    up: async (options: FleetOptions) => {
      started = options;
      done.push('up');
      return fleet;
    },
  }) as unknown as Engine;

const kept = (now: Record<string, string>, choice: Parameters<typeof keptFleet>[1] = { run: 'look' }) =>
  keptFleet(engine(now), choice, product, beforeChange);

beforeEach(() => {
  scratchState();
  beginRun('local', { runId: 'look', hosts: productionHosts, detached: true });
  recordOrigin('look', { content: old });
  recordManifests('look', withProfile('2026.5.0'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  done.length = 0;
  started = undefined;
  vi.restoreAllMocks();
});

test('a fleet that is what the repository says is used as it is', async () => {
  expect(await kept(old)).toEqual({ fleet, stale: [] });
  expect(done).toEqual([]);
});

test('changed apps are built and rolled out, and are up to date then', async () => {
  const now = { ...old, operator: 'operator-2' };
  expect(await kept(now)).toEqual({ fleet, stale: [] });
  expect(done).toEqual(['before change', 'build operator', 'roll operator {"sources":[],"force":true}']);
  expect(originOfRun('look')).toEqual({ content: now });
});

test('with another part the fleet is started anew: same id, same options, same people', async () => {
  await kept({ ...old, authentik: 'b', operator: 'operator-2' });
  expect(done).toEqual(['before change', 'down', 'up', 'people']);
  expect(started).toMatchObject({
    runId: 'look',
    detached: true,
    hosts: productionHosts,
    authentik: { profile: '2026.5.0' },
    changes: [],
  });
});

test('--stale leaves it as it is, and says what is old', async () => {
  const now = { ...old, authentik: 'b', operator: 'operator-2' };
  expect(await kept(now, { run: 'look', stale: true })).toEqual({
    fleet,
    stale: ['authentik', 'operator'],
  });
  expect(done).toEqual([]);
});

test.each([
  ['started', { keep: true }],
  ['brought up to date', { run: 'look' }],
] as const)('an error that comes first keeps a fleet from being %s', async (_what, choice) => {
  const noTest = () => Promise.reject(new Error('no test matches'));
  const stale = engine({ ...old, operator: 'operator-2' });
  await expect(keptFleet(stale, choice, product, noTest)).rejects.toThrow('no test matches');
  expect(done).toEqual([]);
});

test('an engine that rolls out no build refuses, with the commands', async () => {
  await expect(
    keptFleet(engine({ ...old, operator: 'operator-2' }, []), { run: 'look' }, product, beforeChange),
  ).rejects.toThrow(
    /^look is older than this repository \(operator\), .*npm run fleet -- down look\. Or test it as it is: --stale$/,
  );
  expect(done).toEqual(['before change']);
});

test('the fleet of a command that still runs is not started anew', async () => {
  removeRun('look');
  beginRun('local', { runId: 'look', hosts: productionHosts, detached: false });
  await updateRunState('look', () => ({ owner: { pid: process.ppid, startTime: '' } }));
  recordManifests('look', withProfile('2026.5.0'));
  const stale = { parts: ['manifests'], now: old };
  await expect(bringUpToDate(engine(old), fleet, stale, product)).rejects.toThrow(
    'belongs to a command that still runs',
  );
  expect(done).toEqual([]);
});

test('a fleet that a failed test has changed is started anew; with --stale it is tested, and the report says so', async () => {
  recordTestThatChanges('look', 'rollout/a.spec.ts: changes');
  const asItIs = await kept(old, { run: 'look', stale: true });
  expect(asItIs.stale).toEqual(['what a failed test has changed']);
  expect(done).toEqual([]);
  await kept(old);
  expect(done).toEqual(['before change', 'down', 'up', 'people']);
});
