import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { productionHosts } from '../../fleet/hosts.ts';
import { beginRun } from '../../fleet/run/state.ts';
import { earlierTestsEnded, variableOfTests } from './earlier-tests.ts';

let output: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'earlier-tests-'));
  vi.stubEnv('FLEET_STATE_DIR', folder);
  output = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((output += String(text))));
  onTestFinished(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  for (const runId of ['kept', 'other']) beginRun('local', { runId, hosts: productionHosts, detached: true });
});

/** A worker of a command that was killed. */
async function workerOn(runId: string): Promise<ChildProcess> {
  const worker = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], {
    env: { ...process.env, ...variableOfTests(runId) },
  });
  onTestFinished(() => void worker.kill('SIGKILL'));
  await once(worker.stdout!, 'data');
  return worker;
}

test('tests on another fleet, and none, are not waited for', async () => {
  await workerOn('other');
  await earlierTestsEnded('kept', { timeoutMs: 0 });
  expect(output).toBe('');
});

test('tests of a killed command are waited for, and the terminal says so', async () => {
  const worker = await workerOn('kept');
  const ended = earlierTestsEnded('kept');
  expect(output).toContain('Tests of a command that was killed still run on kept. Waiting for their end …');
  expect(await Promise.race([ended.then(() => 'ended'), Promise.resolve('waits')])).toBe('waits');
  worker.kill('SIGKILL');
  await ended;
});

test('tests that do not end are an error of the harness, with the next command', async () => {
  const { pid } = await workerOn('kept');
  await expect(earlierTestsEnded('kept', { timeoutMs: 0 })).rejects.toThrow(
    `still run on kept (processes ${pid}). End the fleet, and run this again: npm run fleet -- down kept`,
  );
});
