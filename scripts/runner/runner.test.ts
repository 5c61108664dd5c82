import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { canaries } from '../../e2e/reporters/testing/canaries.ts';
import { fleetWithRecord } from '../testing/fleet-with-record.ts';
import { exitCodeOf, runSpecs } from './runner.ts';

const verdict = { passed: 3, failed: 0, skipped: 0, harnessFaults: 0, errors: [] };

test.each<[string, Partial<Parameters<typeof exitCodeOf>[0]>, number]>([
  ['all pass', {}, 0],
  ['one fails', { failed: 1 }, 1],
  ['one fails and one is the harness’s fault', { failed: 2, harnessFaults: 1 }, 1],
  ['only the harness fails', { failed: 1, harnessFaults: 1 }, 2],
  ['a spec does not load', { errors: ['x'] }, 2],
  ['a test was skipped that should run', { unexpectedSkips: ['x'] }, 2],
  ['nothing ran', { passed: 0 }, 2],
  ['all was skipped', { passed: 0, skipped: 2 }, 77],
])('%s', (_what, changes, code) => {
  expect(exitCodeOf({ ...verdict, ...changes })).toBe(code);
});

/** A run whose specs pass, and which leaves a report that the redacting reporter has not seen. */
function runThatLeaves(text: string): ReturnType<typeof runSpecs> {
  const { fleet, reports } = fleetWithRecord(verdict, { 'late.log': text });
  // With --help, because the test only needs the runner to exit.
  return runSpecs([fleet], { args: ['--help'], reports, quiet: true });
}

test('a run has its verdict', async () => {
  expect(await runThatLeaves('nothing')).toEqual(verdict);
});

test('a run whose reports hold a token has none, whatever its specs say', async () => {
  await expect(runThatLeaves(`the token is ${canaries.jwt}`)).rejects.toMatchObject({
    name: 'HarnessError',
    exitCode: 2,
    message: expect.stringMatching(/^The reports held secrets[^]*late\.log: a JWT/),
  });
});

/** The settings that the test runner gets in a run with these options: its configuration is a program that keeps them. */
async function settingsWith(options: Partial<Parameters<typeof runSpecs>[1]>): Promise<Record<string, string>> {
  const { fleet, folder, reports } = fleetWithRecord(verdict);
  const [config, kept] = [join(folder, 'keeps-settings.config.mjs'), join(folder, 'settings.json')];
  writeFileSync(
    config,
    `import { writeFileSync } from 'node:fs';
const settings = Object.entries(process.env).filter(([name]) => name.startsWith('E2E_'));
writeFileSync(${JSON.stringify(kept)}, JSON.stringify(Object.fromEntries(settings)));
export default {};
`,
  );
  await runSpecs([fleet], { args: ['--list', `--config=${config}`], reports, quiet: true, ...options });
  return JSON.parse(readFileSync(kept, 'utf8')) as Record<string, string>;
}

test('the test runner gets how slow the machine and a server are, and how many tests share a core', async () => {
  // A clock on which any work takes 200 ms, which is that of a machine 2.5 times as slow.
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 200));
  onTestFinished(() => void vi.restoreAllMocks());
  expect(await settingsWith({ testsAtOnce: 3 * availableParallelism(), serverSlowness: 1.5 })).toMatchObject({
    E2E_SLOWNESS: '2.5',
    E2E_CROWDING: '3',
    E2E_SERVER_SLOWNESS: '1.5',
  });
});
