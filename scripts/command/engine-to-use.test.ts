import { beforeEach, expect, test } from 'vitest';
import { scratchState } from '../../fleet/testing.ts';
import { engines } from '../../fleet/product/fleet.ts';
import { productionHosts } from '../../fleet/product/hosts.ts';
import { beginRun } from '../../fleet/run/state.ts';
import { engineToUse } from './engine-to-use.ts';

beforeEach(() => {
  scratchState();
  beginRun('k3s', { runId: 'node', detached: true, hosts: productionHosts });
});

test.each([
  [{}, 'local'],
  [{ engine: 'cluster' }, 'cluster'],
  [{ run: 'node' }, 'k3s'],
  [{ run: 'node', engine: 'k3s' }, 'k3s'],
])('%o: %s', (options, name) => {
  expect(engineToUse(options, engines).name).toBe(name);
});

test('a run is used on no other engine than its own', () => {
  expect(() => engineToUse({ run: 'node', engine: 'local' }, engines)).toThrow(
    'node runs on the k3s engine, not on local. Leave --engine out.',
  );
});
