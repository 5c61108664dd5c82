import { readFileSync, writeFileSync } from 'node:fs';
import { get, createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { scratchFolder } from '../../testing.ts';
import { HarnessError, ProductFailed, type ReportedError } from '../../errors.ts';
import type { Image, Images } from '../../manifests/images.ts';
import type { Container, KubeObject } from '../../manifests/objects.ts';
import { isAlive, type ProcessIdentity } from '../../run/process-identity.ts';
import { Cluster } from './cluster.ts';
import { Ports } from './ports.ts';
import { images as testImages, web } from './testing/web.ts';

type TestCluster = Awaited<ReturnType<typeof testClusterOf>>;

async function testClusterOf(objects: KubeObject[], { endpointLag = 100, images = testImages as Images } = {}) {
  const directory = scratchFolder();
  const lock = createServer();
  const ports = await Ports.claim(lock);
  const started: ProcessIdentity[] = [];
  const logFile = (pod: string): string => join(directory, `${pod}.log`);
  const cluster = new Cluster({
    runId: 'test',
    objects,
    images,
    builds: {},
    ports,
    endpointLag,
    backOffMs: 10,
    logFile,
    podFolder: (pod) => join(directory, pod),
    recordStart: (identity) => started.push(identity),
    recordEnd: () => {},
  });
  onTestFinished(async () => {
    await cluster.stop();
    lock.close();
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
    /** One request on its own connection: the pod that responded, or the error's code. */
    ask: async (path = '/'): Promise<string> => (await fetchFromWeb(path)).pod,
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

const bothNew = [
  { revision: '2', ready: true },
  { revision: '2', ready: true },
];
const preStop = (seconds: number) => ({ lifecycle: { preStop: { sleep: { seconds } } } });

describe('rollout', () => {
  test('with a preStop that outlasts the removal of the endpoint loses no request and has no fewer pods', async () => {
    const testCluster = await startedTestCluster(web({ container: preStop(0.5) }), { endpointLag: 200 });
    const { cluster } = testCluster;
    const before = cluster.pods().map(({ name }) => name);
    const counts: Array<{ ready: number; present: number }> = [];
    const answers = await underLoad(testCluster, () =>
      whileWatching(
        () => cluster.rollout('web', { revision: '2' }),
        () => {
          const present = cluster.pods().filter(({ phase }) => phase !== 'Terminating');
          counts.push({ present: present.length, ready: present.filter(({ ready }) => ready).length });
        },
      ),
    );
    const after = cluster.pods();
    expect(errorsIn(answers)).toEqual([]);
    expect(podsIn(answers).toSorted()).toEqual([...before, ...after.map(({ name }) => name)].toSorted());
    expect(after).toMatchObject(bothNew);
    expect(Math.min(...counts.map(({ ready }) => ready))).toBe(2);
    expect(Math.max(...counts.map(({ present }) => present))).toBe(3);
  });

  test('loses requests without preStop, because the proxies learn late', async () => {
    const testCluster = await startedTestCluster(web(), { endpointLag: 200 });
    const answers = await underLoad(testCluster, () => testCluster.cluster.rollout('web', {}));
    expect(errorsIn(answers)).toEqual(['ECONNRESET']);
  });

  test('with force ends the old pods without preStop and grace, and starts all new ones at once', async () => {
    const { cluster, started } = await startedTestCluster(web({ container: preStop(60), grace: 120 }));
    const before = new Set(cluster.pods().map(({ name }) => name));
    await cluster.rollout('web', { revision: '2', force: true });
    expect(cluster.pods()).toMatchObject(bothNew);
    expect(cluster.pods().filter(({ name }) => before.has(name))).toEqual([]);
    expect(started.filter((process) => isAlive(process))).toHaveLength(2);
  });

  test('gives up early on a container that ends again and again, and the next one heals the fleet', async () => {
    const { cluster } = await startedTestCluster(web({ progressDeadlineSeconds: 60 }));
    await expect(cluster.rollout('web', { env: { EXIT_AFTER_MS: '0' } })).rejects.toThrow(
      /web did not roll out: .*was restarted 3 times and was never Ready[\s\S]*last end: exit code 3/,
    );
    await cluster.rollout('web', { env: { EXIT_AFTER_MS: '60000' } });
    expect(cluster.deployments()).toEqual([{ name: 'web', replicas: 2, ready: 2, updated: 2, complete: true }]);
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
    const { cluster, environment } = await testClusterOf(web({ replicas: 1 }), { images });
    await cluster.start();
    expect(await environment()).toMatchObject({ BUILD: 'the first' });
    await cluster.rollout('web', { build: '/another' });
    expect(await environment()).toMatchObject({ BUILD: '/another' });
    await cluster.rollout('web', { env: { COLOUR: 'blue' } });
    expect(await environment()).toMatchObject({ BUILD: '/another', COLOUR: 'blue' });
  });

  test('of strategy Recreate never runs old and new together', async () => {
    const { cluster } = await startedTestCluster(
      web({ replicas: 1, strategy: { type: 'Recreate' }, container: preStop(0.1) }),
    );
    let most = 0;
    await whileWatching(
      () => cluster.rollout('web', {}),
      () => {
        most = Math.max(most, cluster.pods().length);
      },
    );
    expect(most).toBe(1);
  });
});

const shipped: Images = {
  server: { ...(testImages['server'] as Image), build: { kind: 'app', app: 'web' } },
};
const one = (container: Partial<Container>): KubeObject[] =>
  web({ replicas: 1, progressDeadlineSeconds: 1, container });
const ending = (script: string): KubeObject[] => one({ args: ['node', '-e', script] });
const crash = 'console.log("no luck"); process.exit(3)';
test.each<[string, KubeObject[], Images, typeof ReportedError, RegExp]>([
  ['an app that ends by itself is the product’s', ending(crash), shipped, ProductFailed, /no luck/],
  ['a program of the harness that ends by itself is not', ending(crash), testImages, HarnessError, /no luck/],
  [
    'a pod without its Secret is the product’s',
    one({ envFrom: [{ secretRef: { name: 'keys' } }] }),
    shipped,
    ProductFailed,
    /CreateContainerConfigError: secret "keys" not found/,
  ],
  [
    'a port that is taken is not',
    ending('console.log("listen EADDRINUSE"); process.exit(1)'),
    shipped,
    HarnessError,
    /EADDRINUSE/,
  ],
  [
    'an app that is never Ready but runs is not: it may wait for what the machine is slow to start',
    one({ env: [{ name: 'NEVER_READY', value: '1' }] }),
    shipped,
    HarnessError,
    /no progress for 1 s/,
  ],
])('the failure of %s', async (_what, objects, images, fault, reason) => {
  const { cluster } = await testClusterOf(objects, { images });
  const error: unknown = await cluster.start().catch((failed: unknown) => failed);
  expect(error).toBeInstanceOf(fault);
  expect((error as Error).message).toMatch(/web did not start[^]*Last lines of web-/);
  expect((error as Error).message).toMatch(reason);
});

test('the log in a failure is that of the pod that ended, and not of the one that holds its address', async () => {
  const holder = join(scratchFolder(), 'holder');
  const script = `const { existsSync, readFileSync } = require('node:fs');
    setInterval(() => {
      if (!existsSync(${JSON.stringify(holder)}) || readFileSync(${JSON.stringify(holder)}, 'utf8') === process.env.POD_NAME) return;
      console.log('listen EADDRINUSE');
      process.exit(1);
    }, 20);`;
  const objects = web({ progressDeadlineSeconds: 5, container: { args: ['node', '-e', script] } });
  const { cluster } = await testClusterOf(objects);
  const failure = cluster.start().catch((error: Error) => error.message);
  await expect.poll(() => cluster.pods()).toHaveLength(2);
  writeFileSync(holder, cluster.pods()[0]!.name);
  expect(await failure).toMatch(/Last lines of web-[^]*EADDRINUSE/);
});

describe('a pod', () => {
  test('restarts in place when its process is killed, and when its liveness probe fails', async () => {
    const livenessProbe = { httpGet: { path: '/live', port: 'http' }, periodSeconds: 0.1, failureThreshold: 2 };
    const { cluster, ask, logFile } = await startedTestCluster(web({ replicas: 1, container: { livenessProbe } }));
    const [{ name = '', address } = {}] = cluster.pods();
    await cluster.kill(name, 'SIGKILL');
    const again = [{ name, restarts: 1, ready: true, lastExit: 'SIGKILL', address }];
    await expect.poll(() => cluster.pods(), { timeout: 5_000 }).toMatchObject(again);
    expect(readFileSync(logFile(name), 'utf8')).toContain('the container ended (SIGKILL)');
    await expect.poll(() => ask('/stop-living'), { timeout: 5_000 }).toBe(name);
    await expect.poll(() => cluster.pods(), { timeout: 5_000 }).toMatchObject([{ name, restarts: 2, ready: true }]);
  });

  test('that loses its readiness is sent requests for as long as the lag lasts, and gets them back', async () => {
    const { cluster, ask } = await startedTestCluster(web(), { endpointLag: 400 });
    const unready = await ask('/become-unready');
    const pod = () => cluster.pods().find(({ name }) => name === unready);
    await vi.waitFor(() => expect(pod()?.ready).toBe(false), { interval: 5, timeout: 60_000 });
    expect([await ask(), await ask()]).toContain(unready);
    await expect.poll(async () => [await ask(), await ask(), await ask()], { timeout: 3_000 }).not.toContain(unready);
    const { host, port } = pod()!.address!;
    await fetch(`http://${host}:${port}/become-ready`);
    await expect.poll(() => ask(), { timeout: 3_000 }).toBe(unready);
  });
});

test('scale changes the number of pods, and down to none nobody answers', async () => {
  const { cluster, ask } = await startedTestCluster(web({ replicas: 1 }));
  await cluster.scale('web', 3);
  expect(new Set(await Promise.all(Array.from({ length: 9 }, () => ask()))).size).toBe(3);
  await cluster.scale('web', 0);
  expect(cluster.pods()).toEqual([]);
  expect(await ask()).toBe('ECONNRESET');
});

test('stop leaves no process, and ends who waits', async () => {
  const { cluster, started } = await startedTestCluster(web({ container: preStop(5), grace: 30 }));
  const rollout = cluster.rollout('web', {}).catch((error: Error) => error.message);
  await expect.poll(() => started.length).toBeGreaterThan(2);
  await cluster.stop();
  expect(await rollout).toContain('The fleet was taken down.');
  expect(started.filter(isAlive)).toEqual([]);
});
