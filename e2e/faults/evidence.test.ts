import { expect, test } from 'vitest';
import { faults } from './faults.ts';
import type { World } from './world.ts';

const answer = { status: () => 200, headers: () => ({}), json: async () => ({ keys: [{ kid: 'a' }] }) };

/** A fleet in which nothing changes. */
const unchanged = {
  fleet: {
    hosts: {},
    pods: async () => [{ name: 'a', phase: 'Running', restarts: 0 }],
    reach: async () => ({ host: '127.0.0.1', port: 1 }),
  },
  sessionStore: { withNewConnection: async () => undefined },
  newRequests: async () => ({ get: async () => answer, fetch: async () => answer }),
  authentik: { requests: async () => ({ requests: [{ at: Date.now() }] }), provider: async () => ({}) },
} as unknown as World;

test.each(faults)('$name is unproven when nothing happens', async ({ evidence }) => {
  const unproven = await evidence(unchanged);
  expect(await unproven(0)).toEqual([expect.stringContaining('unproven')]);
});
