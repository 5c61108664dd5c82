import { expect, test, vi } from 'vitest';
import { write } from '../explore/found-files.ts';
import { writeSpec } from './write-spec.ts';

vi.mock('../explore/found-files.ts', () => ({
  formatted: (_file: string, source: string) => Promise.resolve(source),
  write: vi.fn(() => Promise.resolve()),
}));

const last = {
  do: 'request',
  index: 1,
  pod: 0,
  request: { at: 0, ms: 1, app: 'operator', does: 'call', path: '/api/me', outcome: '401' },
};
const shortest = { plan: { steps: [last], hasRoles: true }, outcome: '401' } as never;
const fault = { name: 'sessions-per-secret', refusedAfter: 'a new session secret' } as const;
const file = 'e2e/found/refused.spec.ts';

const written = async (...given: [typeof fault] | []): Promise<string> => {
  vi.mocked(write).mockClear();
  await writeSpec(file, shortest, ...given);
  return vi.mocked(write).mock.calls[0]![2];
};

test('a spec has the changes of the fleet that its fault needs', async () => {
  expect(await written(fault)).toMatch(/variant: \{ changes: \[.*NUXT_OIDC_SESSION_SECRET/);
  expect(await written()).not.toContain('variant');
});

test('the title of the test is what must be, so that a failure says what was expected', async () => {
  expect(await written(fault)).toContain('test("refused: GET /api/me of operator is served", async');
});

test('who keeps it learns what the gate asks for', async () => {
  expect(await writeSpec(file, shortest, fault)).toMatch(
    /Keep:  tag its test @sessions-per-secret, and add to its caughtBy in fixtures\/regressions:\n +'found\/refused\.spec\.ts': \/Received: "refused: \/,$/,
  );
});

test('the commands show it without the fault, and with it', async () => {
  expect(await writeSpec(file, shortest)).toBe(`Spec:  ${file}\n       npm run e2e -- found/refused.spec.ts`);
  expect(await writeSpec(file, shortest, fault)).toMatch(
    /npm run e2e -- found\/refused\.spec\.ts\n +npm run e2e -- found\/refused\.spec\.ts --regression sessions-per-secret +# red\n/,
  );
});

test('a path with spaces is quoted in the commands', async () => {
  expect(await writeSpec("e2e/it's found/refused.spec.ts", shortest)).toContain(
    String.raw`npm run e2e -- 'it'\''s found/refused.spec.ts'`,
  );
});
