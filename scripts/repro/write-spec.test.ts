import { expect, test, vi } from 'vitest';
import { write } from '../explore/found-files.ts';
import { writeSpec } from './write-spec.ts';

vi.mock('../explore/found-files.ts', () => ({
  formatted: (_file: string, source: string) => Promise.resolve(source),
  write: vi.fn(() => Promise.resolve()),
}));

const written = async (after?: 'a new session secret'): Promise<string> => {
  vi.mocked(write).mockClear();
  const shortest = { plan: { steps: [], hasRoles: true }, outcome: '401' };
  await writeSpec('e2e/found/refused.spec.ts', shortest as never, after);
  return vi.mocked(write).mock.calls[0]![2];
};

test('a spec has the changes of the fleet that its fault needs', async () => {
  expect(await written('a new session secret')).toMatch(/variant: \{ changes: \[.*NUXT_OIDC_SESSION_SECRET/);
  expect(await written()).not.toContain('variant');
});
