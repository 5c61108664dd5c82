import { expect, test } from 'vitest';
import { HarnessError } from '../../fleet/errors.ts';
import type { Pod } from '../../fleet/manifests/status.ts';
import { MockError } from '../../fixtures/authentik/settings/mock-error.ts';
import { Parts, type PartsOptions } from './parts.ts';

const pod = (deployment: string, restarts = 0): Pod => ({
  name: `${deployment}-a`,
  deployment,
  revision: '1',
  templateHash: 'a',
  phase: 'Running',
  ready: true,
  restarts,
  startedAt: '2026-01-01T00:00:00Z',
  lastExit: 'SIGKILL',
});

function fleetWith(change: Partial<PartsOptions> = {}): { parts: Parts; restart: (deployment: string) => void } {
  const restarts = new Map<string, number>();
  const parts = new Parts({
    fleet: {
      pods: async () => ['edge', 'authentik', 'dezky-data', 'portal'].map((name) => pod(name, restarts.get(name))),
    },
    edge: { cursor: async () => 0 },
    authentik: { requests: async () => ({ requests: [], next: 0 }) },
    store: { keys: async () => [] },
    ...change,
  });
  return { parts, restart: (deployment) => restarts.set(deployment, (restarts.get(deployment) ?? 0) + 1) };
}

const dead = (thrown: Error) => () => Promise.reject(thrown);

test.each<[Partial<PartsOptions>, string]>([
  [{ fleet: { pods: dead(new HarnessError('The supervisor of run-1 does not answer')) } }, 'The supervisor of run-1'],
  [
    { edge: { cursor: dead(new HarnessError("The edge's control plane does not answer")) } },
    "The edge's control plane",
  ],
  [{ authentik: { requests: dead(new MockError('The mock Authentik does not answer')) } }, 'The mock Authentik'],
  [{ store: { keys: dead(new Error('Reached the max retries')) } }, 'Redis does not answer (Reached the max retries)'],
])('names the part that does not answer: %#', async (change, sentence) => {
  await expect(fleetWith(change).parts.check()).rejects.toThrow(sentence);
});

test.each([
  ['edge', 'the edge'],
  ['authentik', 'the mock Authentik'],
  ['dezky-data', 'Redis'],
])('names %s when something else restarted it', async (deployment, part) => {
  const { parts, restart } = fleetWith();
  await parts.begin();
  restart(deployment);
  await expect(parts.check()).rejects.toThrow(HarnessError);
  await expect(parts.check()).rejects.toThrow(`restarted ${part} (${deployment}-a, last end: SIGKILL)`);
});

test('accepts restarts of an app, and those that a step causes or that were before', async () => {
  const { parts, restart } = fleetWith();
  restart('edge');
  await parts.begin();
  restart('portal');
  parts.expectRestart('dezky-data-a');
  // The supervisor may not have counted it yet.
  await expect(parts.check()).resolves.toBeUndefined();
  restart('dezky-data');
  await expect(parts.check()).resolves.toBeUndefined();
  restart('dezky-data');
  await expect(parts.check()).rejects.toThrow('restarted Redis');
});
