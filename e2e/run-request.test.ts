import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { repositoryRoot } from '../fleet/root.ts';
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

test.each([
  ['no request', {}, 'The tests have no fleet'],
  ['a damaged one', { E2E_REQUEST: '{' }, 'E2E_REQUEST is not a request of this version: '],
  ['one of another version', { E2E_REQUEST: '{"another":1}' }, 'E2E_REQUEST is not a request of this version: '],
])(
  'a test runner with %s ends with a sentence and the command to run',
  (_what, env, sentence) => {
    const cli = join(repositoryRoot, 'node_modules/@playwright/test/cli.js');
    const { status, stderr } = spawnSync(process.execPath, [cli, 'test', 'session/cookie'], {
      cwd: repositoryRoot,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...env },
    });
    expect(stderr).toContain(`error ${sentence}`);
    expect(stderr).toMatch(/Run the suite with: npm run e2e\n$/);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(status).toBe(2);
  },
  60_000,
);
