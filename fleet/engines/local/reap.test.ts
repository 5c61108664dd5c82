import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test, vi } from 'vitest';
import { productionHosts } from '../../hosts.ts';
import { identify } from '../../run/process-identity.ts';
import { beginRun, variablesOfRun } from '../../run/state.ts';
import { images } from '../../manifests/images.ts';
import { launchOf } from './launch.ts';
import { Ports } from './ports.ts';
import { reapRun } from './reap.ts';

test('ending a run ends no process of a run of the same id in another checkout', async () => {
  const processOf = async (checkout: string): Promise<ChildProcess> => {
    vi.stubEnv('FLEET_STATE_DIR', join(checkout, '.fleet'));
    beginRun('local', { runId: 'kept-local', hosts: productionHosts, detached: true });
    const pod = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], {
      env: { ...process.env, ...variablesOfRun('kept-local') },
    });
    onTestFinished(() => void pod.kill('SIGKILL'));
    await once(pod.stdout!, 'data');
    return pod;
  };
  const folder = mkdtempSync(join(tmpdir(), 'checkouts-'));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  const [theirs, ours] = [await processOf(join(folder, 'a')), await processOf(join(folder, 'b'))];
  const ended = once(ours, 'exit');
  reapRun('kept-local');
  await ended;
  expect({ exit: theirs.exitCode, signal: theirs.signalCode }).toEqual({ exit: null, signal: null });
  expect(identify(theirs.pid!)).toBeDefined();
});

test('ending a run of which nothing is written down ends its Redis', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reap-'));
  vi.stubEnv('FLEET_STATE_DIR', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  beginRun('local', { runId: 'run', hosts: productionHosts, detached: true });
  const server = createServer();
  onTestFinished(() => void server.close());
  const ports = await Ports.claim(server, '127.0.0.1');
  const program = images.redis.local({ ports: { redis: await ports.take() }, host: '127.0.0.1', folder });
  const { file, args, cwd, env } = launchOf({}, program, variablesOfRun('run'));
  const redis = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void redis.kill('SIGKILL'));
  const lines = createInterface({ input: redis.stdout });
  for await (const line of lines) if (line.includes('Ready to accept connections')) break;
  reapRun('run');
  await expect.poll(() => redis.signalCode, { timeout: 5_000 }).toBe('SIGKILL');
});
