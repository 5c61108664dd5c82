import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { KubeObject } from '../../manifests/objects.ts';
import { isAlive } from '../../run/process-identity.ts';
import type { ProcessIdentity } from '../../run/process-identity.ts';
import { listRuns } from '../../run/runs.ts';
import { logFile, readRunState, runDirectory, runsDirectory } from '../../run/state.ts';
import type { RunState } from '../../run/state.ts';
import type { Fleet } from '../shared/engine.ts';
import { web } from './testing/manifests.ts';
import { engineFor } from './testing/overlay.ts';

let directory: string;
const fleets: Fleet[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'local-engine-'));
  vi.stubEnv('FLEET_STATE_DIR', join(directory, 'state'));
});

afterEach(async () => {
  for (const fleet of fleets.splice(0)) await fleet.down();
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

const engineOf = (objects: KubeObject[]) => engineFor(join(directory, 'manifests'), objects);

async function up(objects: KubeObject[] = web(), options: { detached?: boolean; runId?: string } = {}): Promise<Fleet> {
  const fleet = await engineOf(objects).up(options);
  fleets.push(fleet);
  return fleet;
}

function stateOf(runId: string): RunState & { supervisor: ProcessIdentity } {
  const state = readRunState(runId);
  if (!state?.supervisor) throw new Error(`${runId} has no supervisor`);
  return { ...state, supervisor: state.supervisor };
}

/** A fleet that another process owns, and a process that the run has adopted. */
async function ownerOf(runId: string, ...options: string[]) {
  const script = fileURLToPath(new URL('./testing/owner.ts', import.meta.url));
  const parameters = [script, join(directory, 'owned'), runId, ...options];
  const owner = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = (await once(owner.stdout, 'data')) as [Buffer];
  return { owner, adopted: Number(output.toString().split(' ')[1]) };
}

const processesOf = (runId: string): ProcessIdentity[] => {
  const { supervisor, processes } = stateOf(runId);
  return [supervisor, ...processes];
};

describe('up', () => {
  test('runs what the manifests say, and another process can attach', async () => {
    const fleet = await up();
    const attached = await engineOf(web()).attach(fleet.runId);
    expect(await attached.deployments()).toEqual([{ name: 'web', replicas: 2, ready: 2, updated: 2, complete: true }]);
    const { host, port } = await attached.reach('web', 80);
    const answer = await fetch(`http://${host}:${port}/`);
    expect((await attached.pods('web')).map(({ name }) => name)).toContain(answer.headers.get('x-served-by'));
    expect(await attached.logs((await attached.pods())[0]?.name ?? '', { tail: 1 })).toEqual(['listening, revision 1']);
  });

  test('keeps the token to the user, and refuses a request without it', async () => {
    const fleet = await up();
    expect(statSync(join(runDirectory(fleet.runId), 'state.json')).mode & 0o777).toBe(0o600);
    const { control } = stateOf(fleet.runId);
    const refused = await fetch(`${control?.url}/down`, { method: 'POST', body: '{}' });
    expect(refused.status).toBe(401);
    expect((await fleet.deployments())[0]?.complete).toBe(true);
  });

  test('gives every process the id of its run', async () => {
    const fleet = await up();
    const { host, port } = await fleet.reach('web', 80);
    const environment = (await (await fetch(`http://${host}:${port}/env`)).json()) as Record<string, string>;
    expect(environment['FLEET_RUN_ID']).toBe(fleet.runId);
    // Only PATH is passed on from the machine's environment.
    expect(environment['FLEET_STATE_DIR']).toBeUndefined();
  });

  test('refuses a field that it does not model, by name, and leaves nothing', async () => {
    const [deployment, service] = web() as [KubeObject, KubeObject];
    (service['spec'] as Record<string, unknown>)['type'] = 'NodePort';
    (deployment['spec'] as { template: { spec: Record<string, unknown> } }).template.spec['hostNetwork'] = true;
    await expect(engineOf([deployment, service]).up()).rejects.toThrow(
      /does not model 2 fields[\s\S]*Deployment web: spec\.template\.spec\.hostNetwork is not modelled\.[\s\S]*Service web: spec\.type is "NodePort"/,
    );
    expect(readdirSync(runsDirectory())).toEqual([]);
  });

  test('that fails leaves nothing and says what the pod said', async () => {
    const broken = web({ container: { args: ['node', '-e', 'console.log("no luck"); process.exit(7)'] } });
    await expect(engineOf(broken).up()).rejects.toThrow(/web did not start[\s\S]*exit code 7[\s\S]*no luck/);
    expect(readdirSync(runsDirectory())).toEqual([]);
  });

  test('that is given up leaves nothing', async () => {
    const abort = new AbortController();
    const never = web({ container: { env: [{ name: 'NEVER_READY', value: '1' }] } });
    const starting = engineOf(never).up({
      signal: abort.signal,
      onProgress: (line) => {
        // The supervisor starts next.
        if (line.startsWith('authority made')) setTimeout(() => abort.abort(), 500);
      },
    });
    await expect(starting).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(runsDirectory())).toEqual([]);
  });
});

test('two runs side by side share nothing', async () => {
  const [one, two] = await Promise.all([up(), up()]);
  const ports = async (fleet: Fleet) => [
    (await fleet.reach('web', 80)).port,
    ...(await fleet.pods()).map(({ address }) => address?.port),
  ];
  const shared = new Set(await ports(one)).intersection(new Set(await ports(two)));
  expect([...shared]).toEqual([]);
  await one.down();
  expect((await two.deployments())[0]?.complete).toBe(true);
});

test.skipIf(process.platform !== 'linux')('a full disk ends nothing, and the state is made up for', async () => {
  const fleet = await up();
  const { supervisor } = stateOf(fleet.runId);
  const [victim] = await fleet.pods();
  const name = victim?.name ?? '';
  symlinkSync('/dev/full', join(runDirectory(fleet.runId), `state.json.${supervisor.pid}`));
  rmSync(logFile(fleet.runId, name));
  symlinkSync('/dev/full', logFile(fleet.runId, name));
  await fleet.kill(name, 'SIGKILL');
  await vi.waitFor(
    async () =>
      expect((await fleet.pods()).find((pod) => pod.name === name)).toMatchObject({ restarts: 1, ready: true }),
    5_000,
  );
  const processes = processesOf(fleet.runId);
  expect(processes.filter(isAlive), 'those that live are those on disk').toHaveLength(3);
  expect(processes).toHaveLength(3);
  const log = readFileSync(join(runDirectory(fleet.runId), 'supervisor.log'), 'utf8');
  expect(log).toContain('its state cannot be written');
});

test('a fleet that is shutting down rejects requests and says so', async () => {
  const slow = { lifecycle: { preStop: { sleep: { seconds: 4 } } } };
  const fleet = await up(web({ container: slow }));
  const [pod] = await fleet.pods();
  const deleting = fleet.deletePod(pod?.name ?? '').catch((error: unknown) => error);
  await vi.waitFor(async () => expect((await fleet.pods()).map(({ phase }) => phase)).toContain('Terminating'));
  const { supervisor } = stateOf(fleet.runId);
  await fleet.down();
  expect(isAlive(supervisor)).toBe(false);
  expect(await deleting).toMatchObject({ name: 'HarnessError', message: expect.stringContaining('taken down') });
});

describe('the end of a run', () => {
  test('by down leaves no process and no file', async () => {
    const fleet = await up();
    const processes = processesOf(fleet.runId);
    expect(processes).toHaveLength(3);
    await fleet.down();
    expect(processes.filter(isAlive)).toEqual([]);
    expect(readdirSync(runsDirectory())).toEqual([]);
    await fleet.down();
  });

  test('by down takes the adopted along, but not the caller', async () => {
    const fleet = await up();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    await fleet.adopt(child.pid ?? 0);
    await fleet.adopt(process.pid);
    await fleet.down();
    expect(await ended).toEqual([null, 'SIGKILL']);
  });

  test('does not come with the SIGKILL of its owner when it is detached', async () => {
    const { owner } = await ownerOf('kept', 'detached');
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    const fleet = await engineOf(web()).attach('kept');
    fleets.push(fleet);
    await fleet.scale('web', 3);
    expect(await fleet.pods()).toHaveLength(3);
    expect(listRuns()[0]).toMatchObject({ runId: 'kept', alive: true, detached: true });
  });

  test('of a run that never was is an error', async () => {
    await expect(engineOf(web()).reap('nobody')).rejects.toThrow('There is no run "nobody".');
  });
});
