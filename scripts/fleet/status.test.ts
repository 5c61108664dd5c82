import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { scratchState } from '../../fleet/testing.ts';
import { LocalFleet } from '../../fleet/engines/local/local-fleet.ts';
import { productionHosts } from '../../fleet/product/hosts.ts';
import { changesForAuthentik, type Authentik } from '../../fleet/manifests/authentik.ts';
import { applyChanges } from '../../fleet/manifests/changes.ts';
import { render } from '../../fleet/manifests/render.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { recordManifests } from '../../fleet/run/records.ts';
import { beginRun, readRunState, updateRunState } from '../../fleet/run/state.ts';
import { printStatus } from './status.ts';

const rendered = await render(join(repositoryRoot, 'fleet/e2e'));

let said: string;
beforeEach(() => {
  scratchState();
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((said += String(text))));
  vi.spyOn(LocalFleet.prototype, 'deployments').mockResolvedValue([]);
  vi.spyOn(LocalFleet.prototype, 'pods').mockResolvedValue([]);
});
afterEach(() => vi.restoreAllMocks());

/** A run with this Authentik, as its supervisor records it. */
async function runWith(authentik: Authentik | undefined): Promise<LocalFleet> {
  beginRun('local', { runId: 'looked-at', detached: true, hosts: productionHosts });
  recordManifests('looked-at', applyChanges(rendered, changesForAuthentik(rendered, authentik, productionHosts.auth)));
  const edge = {
    proxyUrl: 'http://127.0.0.1:1',
    caFile: 'ca.pem',
    spki: 'none',
    controlUrl: 'http://127.0.0.1:2',
    controlToken: 't',
  };
  await updateRunState('looked-at', () => ({
    edge,
    ...(authentik && 'server' in authentik ? {} : { authentikControlUrl: 'http://127.0.0.1:3' }),
  }));
  return new LocalFleet(readRunState('looked-at')!);
}

test('a run with a server names it, and no people of the mock', async () => {
  const fleet = await runWith({ server: { origin: 'http://127.0.0.1:9000', token: 'a token' } });
  expect(await printStatus(fleet)).toBe(true);
  expect(said).toContain('http://127.0.0.1:9000 is a server in place of the mock');
  expect(said).not.toContain('PASSWORD');
  expect(said).not.toContain('a token');
});

test("a run with the mock names the mock's control plane, and its people", async () => {
  expect(await printStatus(await runWith(undefined))).toBe(true);
  expect(said).toContain('http://127.0.0.1:3 is the control plane of the mock');
  expect(said).toContain('PASSWORD');
});
