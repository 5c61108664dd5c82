import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { scratchFolder } from '../../testing.ts';
import { productionHosts } from '../../product/hosts.ts';
import { images } from '../../product/images.ts';
import { identify, isAlive, type ProcessIdentity } from '../../run/process-identity.ts';
import { beginRun, readRunState, runsDirectory, variablesOfRun } from '../../run/state.ts';
import { listRuns, reapAbandoned } from '../../run/runs.ts';
import type { RunState } from '../../run/state.ts';
import { launchOf } from './pod.ts';
import { Ports } from './ports.ts';
import { reapRun } from './reap.ts';
import { web } from './testing/web.ts';
import { engineFor } from './testing/overlay.ts';

const idle = 'console.log(1); setInterval(() => {}, 1000)';
const runId = 'killed';

let folder: string;
beforeEach(() => {
  folder = scratchFolder();
  vi.stubEnv('FLEET_STATE_DIR', join(folder, 'ours'));
});
afterEach(() => vi.unstubAllEnvs());

async function started(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', idle], { env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout!, 'data');
  return child;
}

/** A process of a run that has the same id in another checkout. */
async function foreignProcess(): Promise<ChildProcess> {
  vi.stubEnv('FLEET_STATE_DIR', join(folder, 'theirs'));
  beginRun('local', { runId, hosts: productionHosts, detached: true });
  const child = await started(variablesOfRun(runId));
  vi.stubEnv('FLEET_STATE_DIR', join(folder, 'ours'));
  return child;
}

function startOwner(how: string): ChildProcess {
  const script = fileURLToPath(new URL('./testing/owner.ts', import.meta.url));
  const owner = spawn(process.execPath, [script, runId, how], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void owner.kill('SIGKILL'));
  return owner;
}

const runningState = () =>
  vi.waitFor(() => {
    const state = readRunState(runId);
    expect(state?.processes.length).toBeGreaterThan(0);
    return state as RunState & { supervisor: ProcessIdentity };
  }, 60_000);

describe.each(['owner', 'supervisor'] as const)('a SIGKILL of the %s', (victim) => {
  test.each(['start', 'run', 'teardown'] as const)(
    'during %s leaves nothing and touches nothing foreign',
    async (moment) => {
      const foreign = await foreignProcess();
      const owner = startOwner(moment === 'start' ? 'start' : 'run');
      if (moment !== 'start') await once(owner.stdout!, 'data');
      const state = await runningState();
      if (moment === 'teardown') {
        owner.stdin!.write('end');
        await once(owner.stdout!, 'data');
      }
      process.kill(state[victim].pid, 'SIGKILL');

      const isLeft = () => [state.supervisor, ...state.processes].filter(isAlive);
      if (victim === 'supervisor') {
        // Every start and most commands do this first.
        await vi.waitUntil(() => !isAlive(state.supervisor), 60_000);
        await reapAbandoned('local', reapRun, () => {});
      }
      await expect.poll(() => isLeft(), { timeout: 5_000 }).toEqual([]);
      await expect.poll(() => readdirSync(runsDirectory()), { timeout: 5_000 }).toEqual([]);
      expect({ exit: foreign.exitCode, signal: foreign.signalCode }).toEqual({ exit: null, signal: null });
      expect(identify(foreign.pid!)).toBeDefined();
    },
  );
});

test('a detached run outlives the SIGKILL of its owner', async () => {
  const owner = startOwner('detached');
  await once(owner.stdout!, 'data');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  await using fleet = await engineFor(web()).attach(runId);
  await fleet.scale('web', 2);
  expect(await fleet.pods()).toHaveLength(2);
  expect(listRuns()[0]).toMatchObject({ runId, alive: true, detached: true });
});

test.skipIf(process.platform !== 'linux')('a process of which nothing is written down is found: Redis', async () => {
  beginRun('local', { runId, hosts: productionHosts, detached: true });
  const server = createServer();
  onTestFinished(() => void server.close());
  const ports = await Ports.claim(server);
  const program = images.redis.local({ ports: { redis: await ports.take() }, host: '127.0.0.1', folder });
  const { file, args, cwd, env } = launchOf({}, program, variablesOfRun(runId));
  const redis = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void redis.kill('SIGKILL'));
  const lines = createInterface({ input: redis.stdout });
  for await (const line of lines) if (line.includes('Ready to accept connections')) break;
  reapRun(runId);
  await expect.poll(() => redis.signalCode, { timeout: 5_000 }).toBe('SIGKILL');
});
