import { apps } from '../../../apps/environment/apps.ts';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ProductFailed } from '../../errors.ts';
import { applyChanges } from '../../manifests/changes.ts';
import type { KubeObject } from '../../manifests/objects.ts';
import { render } from '../../manifests/render.ts';
import { repositoryRoot } from '../../root.ts';
import { routesOf } from '../shared/routes.ts';
import { checkModelled } from './model.ts';

const rendered = await render(join(repositoryRoot, 'fleet', 'e2e'));
const container = '/spec/template/spec/containers/0';
const patched = (kind: string, path: string, value: unknown): KubeObject[] =>
  applyChanges(rendered, [
    { manifests: [{ target: { kind, name: 'operator' }, patch: [{ op: 'add', path, value }] }] },
  ]);

test('the fleet is modelled whole', () => {
  expect(() => checkModelled(rendered)).not.toThrow();
});

test('what keeps a client on one pod is a fault of the product, also where it is not modelled', () => {
  const affinity = '/metadata/annotations/nginx.ingress.kubernetes.io~1affinity';
  const sticky = patched('Ingress', affinity, 'cookie');
  expect(() => checkModelled(sticky)).toThrow(ProductFailed);
  expect(() => checkModelled(sticky)).toThrow(/affinity'\] is "cookie": requests would stick/);
});

test('what Traefik and kube-proxy make of stickiness is modelled', () => {
  const sticky = '/metadata/annotations';
  const annotated = patched('Service', sticky, { 'traefik.ingress.kubernetes.io/service.sticky.cookie': 'true' });
  const routes = routesOf(annotated);
  expect(routes.filter((one) => one.sticky).map(({ service, entryPoint }) => `${service} ${entryPoint}`)).toEqual([
    'operator websecure',
    'operator web',
  ]);
  expect(() => checkModelled(patched('Service', '/spec/sessionAffinity', 'ClientIP'))).not.toThrow();
});

test.each<[string, string, unknown, RegExp]>([
  [
    'Deployment',
    `${container}/lifecycle/preStop/exec`,
    { command: ['x'] },
    /"exec"[^]*containers\[0\]\.lifecycle\.preStop/,
  ],
  [
    'Deployment',
    `${container}/readinessProbe/tcpSocket`,
    { port: 1 },
    /one of httpGet and tcpSocket[^]*readinessProbe/,
  ],
  ['Deployment', `${container}/command`, ['node', 'x'], /"command"[^]*at spec\.template\.spec\.containers\[0\]/],
  ['Deployment', `${container}/env/0/valueFrom`, { fieldRef: { fieldPath: 'spec.nodeName' } }, /env\[0\]\.valueFrom/],
  ['Deployment', '/spec/template/spec/containers/1', { name: 'b', image: 'b' }, /at spec\.template\.spec\.containers/],
  ['Deployment', '/spec/template/spec/enableServiceLinks', true, /at spec\.template\.spec\.enableServiceLinks/],
  ['Deployment', '/spec/minReadySeconds', 5, /^Deployment operator:\n.*"minReadySeconds"\n.*at spec$/m],
  ['Deployment', '/spec/strategy/rollingUpdate/maxSurge', '25%', /at spec\.strategy\.rollingUpdate\.maxSurge/],
  ['Service', '/spec/type', 'NodePort', /^Service operator:\n.*\n.*at spec\.type/m],
  ['Ingress', '/spec/tls', [], /^Ingress operator:\n.*entry point websecure.*\n.*at spec\.tls/m],
])('%s %s is not modelled, and refused by name', (kind, path, value, refusal) => {
  expect(() => checkModelled(patched(kind, path, value))).toThrow(refusal);
});

test('access to an API server is accepted, of this namespace alone', () => {
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'r' }, rules: [] };
  expect(() => checkModelled([...rendered, role])).not.toThrow();
  expect(() => checkModelled([{ ...role, kind: 'ClusterRole' }])).toThrow('ClusterRole r: the kind ClusterRole');
});

describe('the routes of the Ingresses', () => {
  test('are two for each host: TLS, and a redirect on plain http', () => {
    const routes = routesOf(rendered);
    // Authentik's host, in addition to those of the apps.
    expect(routes).toHaveLength(2 * (apps.length + 1));
    expect(routes.filter(({ host }) => host === 'api.dezky.example')).toEqual([
      { host: 'api.dezky.example', path: '/', entryPoint: 'websecure', service: 'platform-api' },
      {
        host: 'api.dezky.example',
        path: '/',
        entryPoint: 'web',
        service: 'platform-api',
        redirectToHttps: true,
      },
    ]);
  });

  test('do not redirect with a middleware that is not there', () => {
    const routes = routesOf(rendered.filter(({ kind }) => kind !== 'Middleware'));
    expect(routes.filter(({ redirectToHttps }) => redirectToHttps)).toEqual([]);
  });
});
