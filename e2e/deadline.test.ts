import { afterEach, expect, test, vi } from 'vitest';
import { requestVariable } from './run-request.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

test.each([
  ['a quiet machine', {}, 100, 100],
  ['a machine that is slower', { machine: 2 }, 200, 200],
  ['two tests for each core: what the product promises stays', { crowding: 2 }, 200, 100],
  ['both', { machine: 1.5, crowding: 2 }, 300, 150],
  ['an Authentik that is slower: what the product promises stays', { server: 3 }, 300, 100],
  ['an Authentik that is as slow as its machine', { machine: 2, server: 2 }, 200, 200],
  ['a machine that hardly moves: a fault must still be seen', { machine: 50, crowding: 2 }, 400, 400],
])('%s', async (_what, factors, wait, promise) => {
  for (const [name, value] of Object.entries(requestVariable({ slowness: factors }))) vi.stubEnv(name, value);
  const { deadline, limit } = await import('./deadline.ts');
  expect([deadline(100), limit(100)]).toEqual([wait, promise]);
});
