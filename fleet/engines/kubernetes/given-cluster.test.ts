import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { scratchFolder } from '../../testing.ts';
import { namedCluster } from './given-cluster.ts';

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
