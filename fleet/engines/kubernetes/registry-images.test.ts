import { afterEach, expect, test, vi } from 'vitest';
import { clusterImages, requireImageSource } from './registry-images.ts';

afterEach(() => vi.unstubAllEnvs());

test('how images come to the cluster must be said', () => {
  expect(() => requireImageSource({})).toThrow('Set FLEET_IMAGE_REGISTRY');
  expect(() => requireImageSource({ FLEET_IMAGES_PRESENT: '0' })).toThrow('FLEET_IMAGES_PRESENT=1');
  expect(() => requireImageSource({ FLEET_IMAGES_PRESENT: '1' })).not.toThrow();
  expect(() => requireImageSource({ FLEET_IMAGE_REGISTRY: 'registry.example' })).not.toThrow();
});

test('images that are public or named need no Docker', async () => {
  vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
  vi.stubEnv('OPERATOR_IMAGE', 'registry.example/operator:7');
  vi.stubEnv('REDIS_IMAGE', undefined);
  expect(await clusterImages(['operator', 'redis'], {}, () => {})).toEqual({
    operator: 'registry.example/operator:7',
    redis: 'redis:7.4.9',
  });
});
