import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listening, scratchFolder } from '../../fleet/testing.ts';
import { forEachApp } from '../../apps/environment/apps.ts';
import { canaries } from '../report/testing/canaries.ts';
import type { SmokeTarget } from '../probes/target.ts';
import { checkReportsFolder, runSmoke } from './run.ts';

/** An address without a listener, so every check fails at once. */
const closed = 'https://127.0.0.1:1';
const target: SmokeTarget = {
  urls: { ...forEachApp(() => closed), auth: closed },
  pods: 1,
  wait: 0,
  budget: 60_000,
  authorize: false,
};

/** A run that finds a text in its reports folder that its reporters have not written. */
function runBeside(text: string) {
  const reports = scratchFolder();
  const file = join(reports, 'beside.log');
  writeFileSync(file, text);
  return {
    file,
    reports,
    run: runSmoke(target, reports, { grep: 'its certificate is trusted', signal: new AbortController().signal }),
  };
}

test('checks that fail are a verdict', async () => {
  const { file, run } = runBeside('nothing');
  expect(await run).toMatchObject({ passed: 0, errors: [] });
  expect(existsSync(file)).toBe(true);
});

test('a verdict that is not whole, as on a full disk, is a sentence', async () => {
  const { reports, run } = runBeside('nothing');
  // The last of what it writes.
  const damaged = setInterval(
    () => existsSync(join(reports, 'smoke.json')) && truncateSync(join(reports, 'smoke.json')),
  );
  onTestFinished(() => clearInterval(damaged));
  await expect(run).rejects.toThrow(
    `${join(reports, 'smoke.json')} is damaged. Make it anew: df -h ${reports}, and the same again`,
  );
});

test('checks whose reports hold a token are none, and the report is gone', async () => {
  const { file, run } = runBeside(`the token is ${canaries.jwt}`);
  await expect(run).rejects.toMatchObject({
    name: 'HarnessError',
    exitCode: 2,
    message: expect.stringMatching(/^The reports held secrets[^]*beside\.log: a JWT/),
  });
  expect(existsSync(file)).toBe(false);
});

test('a run against hosts that hang ends in time, says what was not checked, and is no verdict', async () => {
  const sockets = new Set<Socket>();
  const port = await listening(createServer((socket) => sockets.add(socket.on('error', () => {}))));
  const reports = scratchFolder();
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  const own = `https://127.0.0.1:${port}`;
  const hangs = { ...target, urls: { ...forEachApp(() => own), auth: own }, budget: 6_000 };
  const { passed, failed, errors } = await runSmoke(hangs, reports, { signal: new AbortController().signal });
  expect({ passed, failed }).toEqual({ passed: 0, failed: 0 });
  expect(errors.join()).toContain('  operator: its certificate is trusted and does not expire soon\n');
});

test('pods that do not come to the expected state are waited for once, also by the checks after a failed one', async () => {
  const reports = scratchFolder();
  const options = { grep: 'operator every pod', signal: new AbortController().signal };
  expect(await runSmoke({ ...target, wait: 4_000 }, reports, options)).toMatchObject({ failed: 2, errors: [] });
  const { checks } = JSON.parse(readFileSync(join(reports, 'smoke.json'), 'utf8')) as {
    checks: Array<{ milliseconds: number }>;
  };
  expect(checks.map(({ milliseconds }) => milliseconds > 3_000)).toEqual([true, false]);
});

test('reports go into a folder, which need not exist yet', () => {
  expect(() => checkReportsFolder('package.json')).toThrow(/package\.json is no folder\. Give --reports a folder\.$/);
  expect(() => checkReportsFolder('reports/not-yet')).not.toThrow();
});
