import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import getPort from 'get-port';
import { Redis } from 'ioredis';
import { apps } from '../../apps/environment/apps.ts';
import { repositoryRoot } from '../root.ts';
import { parseImage } from './image-reference.ts';
import { imageOf, images } from './images.ts';
import { named, ofKind } from './objects.ts';
import { render } from './render.ts';

test.each([
  ['apps/Dockerfile', images.portal],
  ['fleet/e2e/Dockerfile', images.edge],
])('a process of the local engine has the ENV of %s', (dockerfile, image) => {
  const text = readFileSync(join(repositoryRoot, dockerfile), 'utf8');
  const declared = Object.fromEntries([...text.matchAll(/^ENV (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
  const ports = { http: 1, proxy: 2, control: 3 };
  const program = image.local?.({ ports, host: '127.0.0.1', folder: '/nowhere', buildDirectory: '/nowhere' });
  expect(program?.env).toEqual(declared);
});

test.each(['apps/Dockerfile', 'fleet/e2e/Dockerfile'])(
  '%s is built on the pinned image that the engines provide, with the Node that the suite runs on',
  (dockerfile) => {
    const text = readFileSync(join(repositoryRoot, dockerfile), 'utf8');
    expect(text.match(/^FROM .*|^ARG NODE_IMAGE.*/gm)).toEqual([
      `ARG NODE_IMAGE=${images.node.reference}`,
      'FROM ${NODE_IMAGE}',
    ]);
    const { version } = JSON.parse(readFileSync(join(repositoryRoot, 'node_modules/node/package.json'), 'utf8')) as {
      version: string;
    };
    // A digest, so that two builds of one commit are the same.
    expect(images.node.reference).toMatch(new RegExp(`^node:${version}-slim@sha256:[0-9a-f]{64}$`));
  },
);

beforeEach(() => {
  for (const { overrideEnv } of Object.values(images)) vi.stubEnv(overrideEnv, undefined);
});
afterEach(() => vi.unstubAllEnvs());

test('every image that the manifests name is known, runs here, and has the same tag', async () => {
  const objects = await render(join(repositoryRoot, 'fleet', 'e2e'));
  const deployments = ofKind(objects, 'Deployment');
  // Redis, Authentik, the upstreams and the edge, in addition to the apps.
  expect(deployments).toHaveLength(apps.length + 4);
  for (const deployment of deployments) {
    const reference = deployment.spec.template.spec.containers[0]?.image ?? '';
    const known = imageOf(reference);
    expect({ reference: known?.image.reference, runsHere: known?.image.local !== undefined }).toEqual({
      reference,
      runsHere: true,
    });
  }
});

test('every image is pinned, and its override is its own', () => {
  for (const { reference } of Object.values(images)) expect(parseImage(reference).tag).toMatch(/^(?!latest).+/);
  const overrides = Object.values(images).map(({ overrideEnv }) => overrideEnv);
  expect(new Set(overrides).size).toBe(overrides.length);
});

test('the local Redis keeps to a folder of its pod, and writes no snapshot', async () => {
  const objects = await render(join(repositoryRoot, 'fleet', 'e2e'));
  const args = named(objects, 'Deployment', 'dezky-data')?.spec.template.spec.containers[0]?.args ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const port = await getPort({ host: '127.0.0.1' });
  const { entrypoint, cwd, listen } = images.redis.local({ ports: { redis: port }, host: '127.0.0.1', folder });
  const [program = ''] = entrypoint;
  const server = spawn(program, [...args, ...(listen.args ?? [])], { cwd, stdio: 'ignore' });
  const redis = new Redis(port, '127.0.0.1');
  redis.on('error', () => {}); // Redis does not accept connections at once.
  try {
    expect(await redis.config('GET', 'dir')).toEqual(['dir', folder]);
    expect(await redis.config('GET', 'save')).toEqual(['save', '']);
  } finally {
    redis.disconnect();
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});
