import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import getPort from 'get-port';
import { Redis } from 'ioredis';
import { scratchFolder } from '../testing.ts';
import { apps } from '../../apps/environment/apps.ts';
import { repositoryRoot } from '../root.ts';
import { parseImage } from './image-reference.ts';
import { imageOf } from './images.ts';
import { images } from '../product/images.ts';
import { named, ofKind } from './objects.ts';
import { render } from './render.ts';

const textOf = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');

test.each([
  ['apps/Dockerfile', images.portal],
  ['fleet/e2e/Dockerfile', images.edge],
])('a process of the local engine has the ENV of %s', (dockerfile, image) => {
  const text = textOf(dockerfile);
  const declared = Object.fromEntries([...text.matchAll(/^ENV (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
  const ports = { http: 1, proxy: 2, control: 3 };
  const program = image.local?.({ ports, host: '127.0.0.1', folder: '/nowhere', buildDirectory: '/nowhere' });
  expect(program?.env).toEqual(declared);
});

test.each(['apps/Dockerfile', 'fleet/e2e/Dockerfile'])(
  '%s is built on the image that the engines provide, with the Node that the suite runs on or a newer one of its major version',
  (dockerfile) => {
    const text = textOf(dockerfile);
    expect(text.match(/^FROM .*|^ARG NODE_IMAGE.*/gm)).toEqual([
      `ARG NODE_IMAGE=${images.node.reference}`,
      'FROM ${NODE_IMAGE}',
    ]);
    const { version } = JSON.parse(textOf('node_modules/node/package.json')) as { version: string };
    const [, shipped = ''] = /^node:(\d+\.\d+\.\d+)-slim$/.exec(images.node.reference) ?? [];
    expect(parseInt(shipped)).toBe(parseInt(version));
    expect(shipped.localeCompare(version, 'en', { numeric: true })).toBeGreaterThanOrEqual(0);
  },
);

test('Renovate finds each image that is pulled', () => {
  type Manager = Record<'managerFilePatterns' | 'matchStrings', string[]>;
  const { customManagers } = JSON.parse(textOf('.github/renovate.json')) as { customManagers: Manager[] };
  const found = customManagers.flatMap(({ managerFilePatterns: [file = ''], matchStrings: [pattern = ''] }) =>
    [...textOf(file).matchAll(new RegExp(pattern, 'g'))].map(([, name, version]) => `${name}:${version}`),
  );
  const pulled = [images.redis, images.node, images.traefik, images.k3s].map(({ reference }) => reference);
  expect(found).toEqual([...pulled, ...pulled]);
});

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
    const known = imageOf(reference, images);
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
  const folder = scratchFolder();
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
  }
});
