import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { canaries } from '../../e2e/reporters/testing/canaries.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { repositoryRoot } from '../../fleet/root.ts';
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
  const reports = mkdtempSync(join(tmpdir(), 'runner-'));
  onTestFinished(() => rmSync(reports, { recursive: true }));
  writeFileSync(join(reports, 'ca.pem'), '');
  const fleet: Pick<Fleet, 'engine' | 'runId' | 'edge' | 'adopt'> = {
    engine: 'local',
    runId: 'none',
    edge: { proxyUrl: '', controlUrl: '', controlToken: '', caFile: join(reports, 'ca.pem'), spki: '' },
    adopt: async () => {
      writeFileSync(join(reports, 'verdict.json'), JSON.stringify(verdict));
      writeFileSync(join(reports, 'late.log'), text);
    },
  };
  // With --help, because the test only needs the runner to exit.
  return runSpecs([fleet as Fleet], { args: ['--help'], reports: relative(repositoryRoot, reports), quiet: true });
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
