import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, afterEach, vi } from 'vitest';
import { images } from '../../product/images.ts';
import { scratchFolder } from '../../testing.ts';
import { namedCluster, clusterImages, requireImageSource } from './given-cluster.ts';

const folder = scratchFolder(afterAll);
const file = join(folder, 'config');
writeFileSync(
  file,
  `
apiVersion: v1
kind: Config
current-context: production
clusters:
  - { name: prod, cluster: { server: https://prod.example } }
  - { name: test, cluster: { server: https://test.example, certificate-authority: ca.pem } }
users:
  - { name: admin, user: { token: secret } }
  - { name: runner, user: { client-key: /keys/runner.pem } }
contexts:
  - { name: production, context: { cluster: prod, user: admin } }
  - { name: testing, context: { cluster: test, user: runner } }
  - { name: broken, context: { cluster: test, user: nobody } }
`,
);

test('a cluster must be named by file and context; the current context counts for nothing', () => {
  expect(() => namedCluster({ KUBECONFIG: file })).toThrow('FLEET_KUBECONFIG and FLEET_CONTEXT is not set');
  expect(() => namedCluster({ FLEET_KUBECONFIG: file })).toThrow('(FLEET_CONTEXT is not set)');
  expect(() => namedCluster({ FLEET_KUBECONFIG: file, FLEET_CONTEXT: 'none' })).toThrow(
    /no complete context "none"\. Its contexts: production, testing, broken\..* \(FLEET_KUBECONFIG, FLEET_CONTEXT\)/,
  );
  expect(() => namedCluster({ FLEET_KUBECONFIG: file, FLEET_CONTEXT: 'broken' })).toThrow('no complete context');
  expect(() => namedCluster({ FLEET_KUBECONFIG: join(folder, 'no'), FLEET_CONTEXT: 'x' })).toThrow('cannot be read');
});

test('the run gets the named context alone, with paths that hold from anywhere', () => {
  const { kubeconfig } = namedCluster({ FLEET_KUBECONFIG: file, FLEET_CONTEXT: 'testing' });
  expect(kubeconfig).not.toContain('secret');
  expect(JSON.parse(kubeconfig)).toMatchObject({
    'current-context': 'testing',
    contexts: [{ name: 'testing' }],
    clusters: [{ cluster: { server: 'https://test.example', 'certificate-authority': join(folder, 'ca.pem') } }],
    users: [{ name: 'runner', user: { 'client-key': '/keys/runner.pem' } }],
  });
});

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
  expect(await clusterImages({ operator: images.operator, redis: images.redis }, {}, () => {})).toEqual({
    operator: 'registry.example/operator:7',
    redis: 'redis:7.4.9',
  });
});
