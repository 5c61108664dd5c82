import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HarnessError, ProductFailed, type ReportedError } from '../../errors.ts';
import type { Image, Images } from '../../manifests/images.ts';
import { ofKind, onlyContainer } from '../../manifests/objects.ts';
import type { KubeObject } from '../../manifests/objects.ts';
import { isAlive } from '../../run/process-identity.ts';
import type { ProcessIdentity } from '../../run/process-identity.ts';
import { Cluster } from './cluster.ts';
import { modelOf } from './model.ts';
import { Ports } from './ports.ts';
import { images as testImages } from './testing/images.ts';
import { web } from './testing/manifests.ts';

const endings: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
  vi.unstubAllEnvs();
});

interface TestCluster {
  cluster: Cluster;
  logFile: (pod: string) => string;
  started: ProcessIdentity[];
  /** One request on its own connection: the pod that responded, or the error's code. */
  ask: (path?: string) => Promise<string>;
  environment: () => Promise<Record<string, string>>;
}

async function testClusterOf(
  objects: KubeObject[],
  { endpointLag = 100, images = testImages as Images } = {},
): Promise<TestCluster> {
  const directory = mkdtempSync(join(tmpdir(), 'cluster-'));
  const lock = createServer();
  const ports = await Ports.claim(lock, '127.0.0.1');
  const started: ProcessIdentity[] = [];
  const logFile = (pod: string): string => join(directory, `${pod}.log`);
  const cluster = new Cluster({
    runId: 'test',
    model: modelOf(objects),
    images,
    builds: {},
    ports,
    host: '127.0.0.1',
    endpointLag,
    logFile,
    podFolder: (pod) => join(directory, pod),
    recordStart: (identity) => started.push(identity),
    recordEnd: () => {},
  });
  endings.push(async () => {
    await cluster.stop();
    lock.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const fetchFromWeb = (path: string) =>
    new Promise<{ pod: string; text: string }>((resolve) => {
      const address = cluster.services()['web:80'];
      const fail = (error: NodeJS.ErrnoException): void => resolve({ pod: error.code ?? error.message, text: '{}' });
      const call = get({ ...address, path, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('end', () => resolve({ pod: String(response.headers['x-served-by']), text }));
        response.once('error', fail);
      });
      call.once('error', fail);
    });
  return {
    cluster,
    logFile,
    started,
    ask: async (path = '/') => (await fetchFromWeb(path)).pod,
    environment: async () => JSON.parse((await fetchFromWeb('/env')).text) as Record<string, string>,
  };
}

async function startedTestCluster(objects: KubeObject[], options: { endpointLag?: number } = {}): Promise<TestCluster> {
  const testCluster = await testClusterOf(objects, options);
  await testCluster.cluster.start();
  return testCluster;
}

/** Sends about 100 requests a second while `work` runs. Returns the number of responses by kind. */
async function underLoad(testCluster: TestCluster, work: () => Promise<void>): Promise<Map<string, number>> {
  const answers = new Map<string, number>();
  const pending: Promise<void>[] = [];
  const over = new AbortController();
  const finished = work().finally(() => over.abort());
  finished.catch(() => {});
  while (!over.signal.aborted) {
    pending.push(testCluster.ask().then((answer) => void answers.set(answer, (answers.get(answer) ?? 0) + 1)));
    await delay(10);
  }
  await Promise.all(pending);
  await finished;
  return answers;
}

/** Checks every few milliseconds while `work` runs. */
async function whileWatching(work: () => Promise<void>, look: () => void): Promise<void> {
  const timer = setInterval(look, 5);
  await work().finally(() => clearInterval(timer));
}

const errorsIn = (answers: Map<string, number>): string[] =>
  [...answers.keys()].filter((key) => !key.startsWith('web-'));
const podsIn = (answers: Map<string, number>): string[] => [...answers.keys()].filter((key) => key.startsWith('web-'));

const preStop = (seconds: number) => ({ lifecycle: { preStop: { sleep: { seconds } } } });

test('the edge alone trusts the authorities that NODE_EXTRA_CA_CERTS names here', async () => {
  vi.stubEnv('NODE_EXTRA_CA_CERTS', '/authorities.pem');
  const [edge, service] = web({ name: 'edge', replicas: 1 });
  const asWeb = { ...service!, metadata: { ...service!.metadata, name: 'web' } };
  const trustedBy = async (objects: KubeObject[]) =>
    (await (await startedTestCluster(objects)).environment())['NODE_EXTRA_CA_CERTS'];
  expect(await trustedBy([edge!, asWeb])).toBe('/authorities.pem');
  expect(await trustedBy(web({ replicas: 1 }))).toBeUndefined();
});

describe('rollout', () => {
  test('loses no request when preStop outlasts the removal of the endpoint', async () => {
    const testCluster = await startedTestCluster(web({ container: preStop(0.8) }), { endpointLag: 400 });
    const before = testCluster.cluster.pods().map(({ name }) => name);
    const answers = await underLoad(testCluster, () => testCluster.cluster.rollout('web', { revision: '2' }));
    const after = testCluster.cluster.pods();
    expect(errorsIn(answers)).toEqual([]);
    expect(podsIn(answers).toSorted()).toEqual([...before, ...after.map(({ name }) => name)].toSorted());
    expect(after.map(({ revision, ready }) => ({ revision, ready }))).toEqual([
      { revision: '2', ready: true },
      { revision: '2', ready: true },
    ]);
  });

  test('loses requests without preStop, because the proxies learn late', async () => {
    const testCluster = await startedTestCluster(web(), { endpointLag: 400 });
    const answers = await underLoad(testCluster, () => testCluster.cluster.rollout('web', {}));
    expect(errorsIn(answers)).toEqual(['ECONNRESET']);
  });

  test('with force ends the old pods without preStop and grace, and starts all new ones at once', async () => {
    const testCluster = await startedTestCluster(web({ container: preStop(60), grace: 120 }));
    const before = new Set(testCluster.cluster.pods().map(({ name }) => name));
    await testCluster.cluster.rollout('web', { revision: '2', force: true });
    const after = testCluster.cluster.pods();
    expect(after).toMatchObject([
      { revision: '2', ready: true },
      { revision: '2', ready: true },
    ]);
    expect(after.filter(({ name }) => before.has(name))).toEqual([]);
    expect(testCluster.started.filter((process) => isAlive(process))).toHaveLength(2);
  });

  test('never has fewer ready pods than replicas, nor more than one on top', async () => {
    const testCluster = await startedTestCluster(web({ container: preStop(0.3) }));
    const counts: Array<{ ready: number; present: number }> = [];
    await whileWatching(
      () => testCluster.cluster.rollout('web', {}),
      () => {
        const present = testCluster.cluster.pods().filter(({ phase }) => phase !== 'Terminating');
        counts.push({ present: present.length, ready: present.filter(({ ready }) => ready).length });
      },
    );
    expect(Math.min(...counts.map(({ ready }) => ready))).toBe(2);
    expect(Math.max(...counts.map(({ present }) => present))).toBe(3);
  });

  test('after a failed one heals the fleet without the broken pod', async () => {
    const testCluster = await startedTestCluster(web({ progressDeadlineSeconds: 3 }));
    await expect(testCluster.cluster.rollout('web', { env: { NEVER_READY: '1' } })).rejects.toThrow('did not roll out');
    await testCluster.cluster.rollout('web', { env: { NEVER_READY: null } });
    expect(testCluster.cluster.deployments()).toEqual([
      { name: 'web', replicas: 2, ready: 2, updated: 2, complete: true },
    ]);
  });

  test('gives up early on a container that ends again and again', async () => {
    const testCluster = await startedTestCluster(web({ progressDeadlineSeconds: 60 }));
    await expect(testCluster.cluster.rollout('web', { env: { EXIT_AFTER_MS: '0' } })).rejects.toThrow(
      /was restarted 3 times and was never Ready[\s\S]*last end: exit code 3/,
    );
  });

  const shipped: Images = {
    server: { ...(testImages['server'] as Image), build: { kind: 'app', app: 'web', base: 'node' } },
  };
  const ending = (script: string): KubeObject[] => web({ container: { args: ['node', '-e', script] } });
  const crash = 'console.log("no luck"); process.exit(3)';
  test.each<[string, KubeObject[], Images, typeof ReportedError]>([
    ['an app that ends by itself is the product’s', ending(crash), shipped, ProductFailed],
    ['a program of the harness that ends by itself is not', ending(crash), testImages, HarnessError],
    ['a port that is taken is not', ending('console.log("listen EADDRINUSE"); process.exit(1)'), shipped, HarnessError],
    ['a program that is missing is not', web({ container: { command: ['/none'] } }), shipped, HarnessError],
    [
      'an app that is never Ready but runs is not: it may wait for what the machine is slow to start',
      web({ progressDeadlineSeconds: 1, container: { env: [{ name: 'NEVER_READY', value: '1' }] } }),
      shipped,
      HarnessError,
    ],
  ])('the failure of %s', async (_what, objects, images, fault) => {
    const testCluster = await testClusterOf(objects, { images });
    const error: unknown = await testCluster.cluster.start().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(fault);
    expect((error as Error).message).toMatch(/web did not start[^]*Last lines of web-/);
  });

  test('gives the new pods another build, and leaves it to them until one brings the next', async () => {
    const server = testImages['server']!;
    const images: Images = {
      server: {
        ...server,
        local: (place) => {
          const program = server.local!(place);
          return { ...program, listen: { env: { ...program.listen.env, BUILD: place.buildDirectory ?? 'the first' } } };
        },
      },
    };
    const testCluster = await testClusterOf(web({}), { images });
    await testCluster.cluster.start();
    const build = async () => (await testCluster.environment())['BUILD'];
    expect(await build()).toBe('the first');
    await testCluster.cluster.rollout('web', { build: '/another' });
    expect(await build()).toBe('/another');
    await testCluster.cluster.rollout('web', { env: { COLOUR: 'blue' } });
    expect(await build()).toBe('/another');
  });

  test('changes the environment of the new pods alone, and refuses to remove what is not there', async () => {
    const testCluster = await startedTestCluster(web({ replicas: 1 }));
    expect((await testCluster.environment())['COLOUR']).toBeUndefined();
    await testCluster.cluster.rollout('web', { env: { COLOUR: 'blue' } });
    expect((await testCluster.environment())['COLOUR']).toBe('blue');
    await expect(testCluster.cluster.rollout('web', { env: { COLOR: null } })).rejects.toThrow(
      'Deployment web: COLOR is not set, so it cannot be removed.',
    );
  });

  test('is undone, and the undoing too; the number of pods stays', async () => {
    const testCluster = await startedTestCluster(web({ replicas: 1 }));
    const { cluster, environment } = testCluster;
    await expect(cluster.undoRollout('web')).rejects.toThrow('web has not been rolled out since the fleet is up');
    await cluster.rollout('web', { env: { COLOUR: 'blue' }, revision: '2' });
    await cluster.scale('web', 2);
    await cluster.undoRollout('web');
    expect(await environment()).toMatchObject({ REVISION: '1' });
    expect((await environment())['COLOUR']).toBeUndefined();
    expect(cluster.deployments()).toMatchObject([{ replicas: 2, complete: true }]);
    await cluster.undoRollout('web');
    expect(await environment()).toMatchObject({ REVISION: '2', COLOUR: 'blue' });
  });

  test('takes an override back: the original value is there again, and then it can be removed', async () => {
    const objects = web({ replicas: 1 });
    onlyContainer(ofKind(objects, 'Deployment')[0]!)?.env?.push({ name: 'COLOUR', value: 'red' });
    const { cluster, environment } = await startedTestCluster(objects);
    await cluster.rollout('web', { env: { COLOUR: 'blue' } });
    await cluster.rollout('web', { unset: ['COLOUR'] });
    expect((await environment())['COLOUR']).toBe('red');
    await cluster.rollout('web', { unset: ['COLOUR'] });
    expect((await environment())['COLOUR']).toBeUndefined();
    await expect(cluster.rollout('web', { unset: ['COLOUR', 'COLOR'] })).rejects.toThrow('COLOUR, COLOR is not set');
  });

  test('of strategy Recreate never runs old and new together', async () => {
    const testCluster = await startedTestCluster(
      web({ replicas: 1, strategy: { type: 'Recreate' }, container: preStop(0.2) }),
    );
    let most = 0;
    await whileWatching(
      () => testCluster.cluster.rollout('web', {}),
      () => {
        most = Math.max(most, testCluster.cluster.pods().length);
      },
    );
    expect(most).toBe(1);
  });
});

describe('a pod', () => {
  test('restarts in place when its process is killed', async () => {
    const testCluster = await startedTestCluster(web());
    const [victim] = testCluster.cluster.pods();
    await testCluster.cluster.kill(victim?.name ?? '', 'SIGKILL');
    await vi.waitFor(() => {
      const now = testCluster.cluster.pods().find(({ name }) => name === victim?.name);
      expect(now).toMatchObject({ restarts: 1, ready: true, lastExit: 'SIGKILL', address: victim?.address });
    }, 5_000);
    expect(readFileSync(testCluster.logFile(victim?.name ?? ''), 'utf8')).toContain('the container ended (SIGKILL)');
  });

  test('that loses its readiness is sent requests for as long as the lag lasts, and gets them back', async () => {
    const testCluster = await startedTestCluster(web(), { endpointLag: 500 });
    const unready = await testCluster.ask('/become-unready');
    await vi.waitFor(() => expect(testCluster.cluster.pods().find(({ name }) => name === unready)?.ready).toBe(false));
    const during = new Set([await testCluster.ask(), await testCluster.ask()]);
    expect(during.has(unready)).toBe(true);
    await delay(700);
    const after = new Set([await testCluster.ask(), await testCluster.ask(), await testCluster.ask()]);
    expect(after.has(unready)).toBe(false);
    const address = testCluster.cluster.pods().find(({ name }) => name === unready)?.address;
    await fetch(`http://${address?.host}:${address?.port}/become-ready`);
    await vi.waitFor(async () => expect(await testCluster.ask()).toBe(unready), 3_000);
  });

  test('is restarted when its liveness probe fails', async () => {
    const livenessProbe = { httpGet: { path: '/live', port: 'http' }, periodSeconds: 0.1, failureThreshold: 2 };
    const testCluster = await startedTestCluster(web({ replicas: 1, container: { livenessProbe } }));
    const pod = await testCluster.ask('/stop-living');
    await vi.waitFor(
      () => expect(testCluster.cluster.pods()[0]).toMatchObject({ name: pod, restarts: 1, ready: true }),
      5_000,
    );
  });

  test('without its Secret does not start, and the reason is told', async () => {
    const testCluster = await testClusterOf(
      web({ replicas: 1, container: { envFrom: [{ secretRef: { name: 'keys' } }] } }),
    );
    await expect(testCluster.cluster.start()).rejects.toThrow(/CreateContainerConfigError: secret "keys" not found/);
  });
});

describe('scale', () => {
  test('changes the number of pods, and down to none nobody answers', async () => {
    const testCluster = await startedTestCluster(web({ replicas: 1 }));
    await testCluster.cluster.scale('web', 3);
    expect(new Set(await Promise.all(Array.from({ length: 9 }, () => testCluster.ask()))).size).toBe(3);
    await testCluster.cluster.scale('web', 0);
    expect(testCluster.cluster.pods()).toEqual([]);
    expect(await testCluster.ask()).toBe('ECONNRESET');
    await testCluster.cluster.scale('web', 1);
    expect(await testCluster.ask()).toMatch(/^web-/);
  });
});

test('stop leaves no process, and ends who waits', async () => {
  const testCluster = await startedTestCluster(web({ container: preStop(5), grace: 30 }));
  const rollout = testCluster.cluster.rollout('web', {}).catch((error: Error) => error.message);
  await vi.waitFor(() => expect(testCluster.started.length).toBeGreaterThan(2));
  await testCluster.cluster.stop();
  expect(await rollout).toContain('The fleet was taken down.');
  expect(testCluster.started.filter(isAlive)).toEqual([]);
});
