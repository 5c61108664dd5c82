import { afterEach, expect, test, vi } from 'vitest';
import { deadlineVariables } from './deadline.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

test.each([
  ['a quiet machine', {}, 100, 100],
  ['a machine that is slower', { slowness: '2' }, 200, 200],
  ['two tests for each core: what the product promises stays', { crowding: '2' }, 200, 100],
  ['both', { slowness: '1.5', crowding: '2' }, 300, 150],
  ['an Authentik that is slower: what the product promises stays', { server: '3' }, 300, 100],
  ['an Authentik that is as slow as its machine', { slowness: '2', server: '2' }, 200, 200],
  ['a machine that hardly moves: a fault must still be seen', { slowness: '50', crowding: '2' }, 400, 400],
])('%s', async (_what, factors, wait, promise) => {
  for (const [name, value] of Object.entries(factors))
    vi.stubEnv(deadlineVariables[name as keyof typeof deadlineVariables], value);
  const { deadline, limit } = await import('./deadline.ts');
  expect([deadline(100), limit(100)]).toEqual([wait, promise]);
});
