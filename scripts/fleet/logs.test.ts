import { afterEach, expect, test, vi } from 'vitest';
import { canaries, spellingsOf } from '../../e2e/report/testing/canaries.ts';
import { logs } from './logs.ts';

const printed = Object.values(spellingsOf(canaries.jwt)).concat(canaries.sealed, 'GET /tenants 200');
vi.mock('./choose-run.ts', () => ({
  chooseRun: () =>
    Promise.resolve({ runId: 'none', pods: () => Promise.resolve([]), logs: () => Promise.resolve(printed) }),
}));
afterEach(() => vi.restoreAllMocks());

test('what pods print of tokens is not shown, and the rest is', async () => {
  let output = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((output += String(text))));
  await logs('operator', {});
  expect(output).toContain('GET /tenants 200\n');
  expect(output.split('\n')).toHaveLength(printed.length + 1);
  for (const secret of printed.slice(0, -1)) expect(output).not.toContain(secret);
});
