import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { scratchFolder } from '../../testing.ts';
import { isAlive } from '../../run/process-identity.ts';
import { readRunState, runDirectory, runsDirectory } from '../../run/state.ts';
import type { Fleet } from '../shared/engine.ts';
import { engineFor } from './testing/overlay.ts';
import { web } from './testing/web.ts';

const directory = scratchFolder(afterAll);
let fleet: Fleet;

beforeAll(async () => {
  vi.stubEnv('FLEET_STATE_DIR', join(directory, 'state'));
  fleet = await engineFor(web()).up();
});

afterAll(async () => {
  await fleet.down();
  vi.unstubAllEnvs();
});

const neverReady = { container: { env: [{ name: 'NEVER_READY', value: '1' }] } };

describe('a run', () => {
  test('runs what the manifests say, and another process can attach', async () => {
    const attached = await engineFor(web()).attach(fleet.runId);
    expect(await attached.deployments()).toEqual([{ name: 'web', replicas: 2, ready: 2, updated: 2, complete: true }]);
    const { host, port } = await attached.reach('web', 80);
    const answer = await fetch(`http://${host}:${port}/env`);
    expect((await attached.pods('web')).map(({ name }) => name)).toContain(answer.headers.get('x-served-by'));
    expect(await attached.logs((await attached.pods())[0]?.name ?? '', { tail: 1 })).toEqual(['listening, revision 1']);
    const environment = (await answer.json()) as Record<string, string>;
    expect(environment['FLEET_RUN_ID']).toBe(fleet.runId);
    // Only PATH is passed on from the machine's environment.
    expect(environment['FLEET_STATE_DIR']).toBeUndefined();
  });

  test('keeps the token to the user', () => {
    expect(statSync(join(runDirectory(fleet.runId), 'state.json')).mode & 0o777).toBe(0o600);
  });

  test('shares no port with another, whose end takes its processes, files and the adopted along', async () => {
    const other = await engineFor(web()).up();
    const ports = async (of: Fleet) => [
      (await of.reach('web', 80)).port,
      ...(await of.pods()).map(({ address }) => address?.port),
    ];
    expect(new Set([...(await ports(fleet)), ...(await ports(other))]).size).toBe(6);
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    await other.adopt(child.pid ?? 0);
    await other.adopt(process.pid);
    const { supervisor, processes } = readRunState(other.runId)!;
    await other.down();
    expect(await ended).toEqual([null, 'SIGKILL']);
    const others = [supervisor!, ...processes].filter(({ pid }) => pid !== process.pid);
    expect(others).toHaveLength(4);
    expect(others.filter(isAlive)).toEqual([]);
    expect(readdirSync(runsDirectory())).toEqual([fleet.runId]);
    expect((await fleet.deployments())[0]?.complete).toBe(true);
  });
});

describe('a start', () => {
  test('that fails leaves nothing and says what the pod said', async () => {
    const broken = engineFor(web({ ...neverReady, progressDeadlineSeconds: 1 })).up();
    await expect(broken).rejects.toThrow(/web did not start: there was no progress for 1 s[\s\S]*Last lines of web-/);
    expect(readdirSync(runsDirectory())).toEqual([fleet.runId]);
  });

  test('that cannot run the manifests is refused before anything is built', async () => {
    const progress: string[] = [];
    const refused = engineFor(web({ container: { command: ['node'] } })).up({
      onProgress: (line) => progress.push(line),
    });
    await expect(refused).rejects.toThrow(/does not model[^]*"command"/);
    expect(progress.join()).not.toContain('apps built');
    expect(readdirSync(runsDirectory())).toEqual([fleet.runId]);
  });

  test('that is given up leaves nothing', async () => {
    const abort = new AbortController();
    const starting = engineFor(web(neverReady)).up({ runId: 'given-up', signal: abort.signal });
    await expect.poll(() => readRunState('given-up')?.processes.length, { timeout: 5_000 }).toBeGreaterThan(0);
    abort.abort();
    await expect(starting).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(runsDirectory())).toEqual([fleet.runId]);
  });
});

test('a run that never was cannot be ended', async () => {
  await expect(engineFor(web()).reap('nobody')).rejects.toThrow('There is no run "nobody".');
});
