import { afterEach, expect, test, vi } from 'vitest';
import { canaries, spellingsOf } from '../../e2e/report/testing/canaries.ts';
import { logs } from './logs.ts';

let output: string[][] = [];
const printed = Object.values(spellingsOf(canaries.jwt)).concat(canaries.sealed, 'GET /tenants 200');
vi.mock('./choose-run.ts', () => ({
  chooseRun: () =>
    Promise.resolve({
      runId: 'none',
      pods: () => Promise.resolve([]),
      logs: () => Promise.resolve(output.shift() ?? []),
    }),
}));
vi.mock('../../fleet/run/state.ts', async (original) => ({
  ...(await original<object>()),
  readRunState: () => (output.length > 0 ? {} : undefined),
}));
vi.mock('../../e2e/report/known-secrets.ts', () => ({ knownSecrets: () => [] }));
afterEach(() => vi.restoreAllMocks());

const shown = async (options: { follow?: boolean }): Promise<string> => {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => Boolean((text += String(line))));
  await logs('operator', options);
  return text;
};

test('what pods print of tokens is not shown, and the rest is', async () => {
  output = [printed];
  const text = await shown({});
  expect(text).toContain('GET /tenants 200\n');
  expect(text.split('\n')).toHaveLength(printed.length + 1);
  for (const secret of printed.slice(0, -1)) expect(text).not.toContain(secret);
});

test('--follow goes on with new lines, also of a restarted container, until the run ends', async () => {
  output = [['a'], ['a', 'b', 'c'], ['d']];
  expect(await shown({ follow: true })).toBe('a\nb\nc\nd\n');
});
