import { afterEach, expect, test, vi } from 'vitest';
import { requestVariable } from './run-request.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

async function requestFrom(variables: Record<string, string>) {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  return (await import('./run-request.ts')).runRequest;
}

test('a process that no command started has the defaults', async () => {
  expect(await requestFrom({})).toMatchObject({ reports: 'reports', runs: [], engine: 'local', quiet: false });
});

test('what a command asks arrives as it is, with the defaults for the rest', async () => {
  const asked = { runs: ['a', 'b'], quiet: true, slowness: { server: 2 } };
  expect(await requestFrom(requestVariable(asked))).toMatchObject({
    ...asked,
    headed: false,
    slowness: { machine: 1, crowding: 1, server: 2 },
  });
});

test.each(['{', '{"slowness":{"machine":0}}', '{"another":1}'])('%s is refused with what is wrong', async (text) => {
  await expect(requestFrom({ E2E_REQUEST: text })).rejects.toMatchObject({
    name: 'HarnessError',
    message: expect.stringContaining('E2E_REQUEST is not a request of this version'),
  });
});
