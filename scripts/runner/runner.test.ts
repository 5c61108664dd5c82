import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { scratchFolder } from '../../fleet/testing.ts';
import { canaries } from '../../e2e/report/testing/canaries.ts';
import { fleetWithRecord } from '../testing/fleet-with-record.ts';
import { authoritiesFile, exitCodeOfRun, runSpecs } from './runner.ts';

const verdict = { passed: 3, failed: 0, skipped: 0, harnessFaults: 0, errors: [] };

test.each<[string, Partial<Parameters<typeof exitCodeOfRun>[0]>, number]>([
  ['all pass', {}, 0],
  ['one fails', { failed: 1 }, 1],
  ['one fails and one is the harness’s fault', { failed: 2, harnessFaults: 1 }, 1],
  ['only the harness fails', { failed: 1, harnessFaults: 1 }, 2],
  ['a spec does not load', { errors: ['x'] }, 2],
  ['a test was skipped that should run', { unexpectedSkips: ['x'] }, 2],
  ['nothing ran', { passed: 0 }, 2],
  ['all was skipped', { passed: 0, skipped: 2 }, 77],
])('%s', (_what, changes, code) => {
  expect(exitCodeOfRun({ ...verdict, ...changes })).toBe(code);
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

/** The request that the test runner gets in a run with these options: its configuration is a program that keeps it. */
async function requestWith(options: Partial<Parameters<typeof runSpecs>[1]>): Promise<unknown> {
  const { fleet, folder, reports } = fleetWithRecord(verdict);
  const [config, kept] = [join(folder, 'keeps-request.config.mjs'), join(folder, 'request.json')];
  writeFileSync(
    config,
    `import { writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify(kept)}, process.env.E2E_REQUEST);
export default {};
`,
  );
  await runSpecs([fleet], { args: ['--list', `--config=${config}`], reports, quiet: true, ...options });
  return JSON.parse(readFileSync(kept, 'utf8'));
}

test('the test runner gets its fleets, what is asked of the run, and how slow the machine is', async () => {
  // A clock on which any work takes 200 ms, which is that of a machine 2.5 times as slow.
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 200));
  onTestFinished(() => void vi.restoreAllMocks());
  const asked = { testsAtOnce: 3 * availableParallelism(), serverSlowness: 1.5, stale: ['operator'] };
  expect(await requestWith(asked)).toMatchObject({
    runs: ['none'],
    engine: 'local',
    quiet: true,
    stale: ['operator'],
    slowness: { machine: 2.5, crowding: 3, server: 1.5 },
  });
});

function fileWith(text: string): string {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'ca.pem'), text);
  return join(folder, 'ca.pem');
}

test('another authority is added to that of the run in a file of its own; none is when it cannot be read', () => {
  const own = fileWith('own');
  expect(authoritiesFile(own, '')).toBe(own);
  expect(authoritiesFile(own, '/none/ca.pem')).toBe(own);
  expect(readFileSync(authoritiesFile(own, fileWith('another')), 'utf8')).toBe('own\nanother');
  expect(readFileSync(own, 'utf8')).toBe('own');
});
