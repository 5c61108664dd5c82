import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { join } from 'node:path';
import { imageOf, imageReference, images, redisServer } from './images.ts';
import { parseImage } from './image-reference.ts';
import { render } from './render.ts';
import { repositoryRoot } from './root.ts';
import type { Deployment } from './objects.ts';

beforeEach(() => {
  for (const { overrideEnv } of Object.values(images)) vi.stubEnv(overrideEnv, undefined);
});
afterEach(() => vi.unstubAllEnvs());

test('every image that the manifests name is known, runs here, and has the same tag', async () => {
  const objects = await render(join(repositoryRoot, 'fleet', 'e2e'));
  const deployments = objects.filter(({ kind }) => kind === 'Deployment') as unknown as Deployment[];
  expect(deployments).toHaveLength(7);
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

test('the environment overrides a reference', () => {
  expect(imageReference('redis')).toBe(images.redis.reference);
  vi.stubEnv('REDIS_IMAGE', 'mirror.example/redis:7');
  expect(imageReference('redis')).toBe('mirror.example/redis:7');
});

test('a machine without redis-server is told how to get it', () => {
  vi.stubEnv('REDIS_SERVER_PATH', undefined);
  vi.stubEnv('PATH', '/nowhere');
  expect(() => redisServer()).toThrow(/redis-server is not on PATH\. Install it .*apt-get install redis-server/);
  vi.stubEnv('REDIS_SERVER_PATH', '/nowhere/redis-server');
  expect(() => redisServer()).toThrow('REDIS_SERVER_PATH is /nowhere/redis-server, which is not a program.');
});
