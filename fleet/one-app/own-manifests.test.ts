import { describe, expect, test } from 'vitest';
import { named, type KubeObject } from '../manifests/objects.ts';
import { oneApp, commandAppSchema, commandImages } from './command-app.ts';
import { fleetOf } from './one-app.ts';
import { ownManifests } from './own-manifests.ts';

const deployment = (name: string, labels: object, container: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'c', image: `registry.example/${name}:1`, ...container }] },
    },
  },
});
const service = (name: string, selector: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector, ports: [{ port: 80, targetPort: 3000, nodePort: 30_080 }] },
});
const ingress = (host: string, to: string): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'all' },
  spec: {
    rules: [
      {
        host,
        http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: to, port: { number: 80 } } } }] },
      },
    ],
  },
});
const shop = [
  deployment(
    'shop',
    { app: 'shop' },
    {
      env: [
        { name: 'ISSUER', value: 'https://id.example' },
        { name: 'A', value: '1' },
      ],
    },
  ),
  service('web', { app: 'shop' }),
  ingress('shop.example', 'web'),
  deployment('sessions', { app: 'sessions' }),
];

test('the app is what the Ingress leads to: two pods at its host, with a Service of its name', () => {
  const own = ownManifests(shop);
  expect(own).toMatchObject({ name: 'shop', host: 'shop.example', port: { number: 80 }, leftOut: ['Ingress all'] });
  expect(named(own.objects, 'Deployment', 'shop')?.spec.replicas).toBe(2);
  expect(named(own.objects, 'Service', 'shop')?.spec).toEqual({
    selector: { app: 'shop' },
    ports: [{ port: 80, targetPort: 3000 }],
  });
  expect(shop[0]).not.toHaveProperty('spec.replicas');
});

test('Deployments of one chart, which share the label by which pods are known, are told apart', () => {
  const chart = (component: string) => ({ 'app.kubernetes.io/name': 'shop', component });
  const { objects } = ownManifests([
    deployment('web', chart('web')),
    service('front', chart('web')),
    deployment('worker', chart('worker')),
    ingress('shop.example', 'front'),
  ]);
  for (const name of ['web', 'worker']) {
    const labels = { 'app.kubernetes.io/name': name, component: name };
    expect(named(objects, 'Deployment', name)?.spec).toMatchObject({
      selector: { matchLabels: labels },
      template: { metadata: { labels } },
    });
  }
  expect(named(objects, 'Service', 'front')?.spec.selector).toEqual({
    'app.kubernetes.io/name': 'web',
    component: 'web',
  });
});

test('an image in Docker replaces that of the app, also in a worker', () => {
  const image = 'registry.example/shop:1';
  const own = ownManifests([...shop, deployment('worker', { app: 'worker' }, { image })], { image: 'shop:dev' });
  expect(own.images.toSorted()).toEqual(['registry.example/sessions:1', 'shop:dev']);
});

describe('unusable manifests', () => {
  const containers = [
    { name: 'a', image: 'a' },
    { name: 'b', image: 'b' },
  ];
  const twoContainers = deployment('shop', { app: 'shop' });
  (twoContainers.spec as { template: { spec: object } }).template.spec = { containers };
  const withVolume = deployment('shop', { app: 'shop' });
  Object.assign((withVolume.spec as { template: { spec: object } }).template.spec, {
    volumes: [{ name: 'v', secret: { secretName: 'certificates' } }],
  });
  const reading = (source: object) => [deployment('shop', { app: 'shop' }, source), service('shop', { app: 'shop' })];
  test.each<[string, KubeObject[], RegExp, object?]>([
    ['no Deployment', [service('shop', { app: 'shop' })], /no Deployment in the manifests/],
    [
      'two, and no Ingress',
      shop.filter(({ kind }) => kind !== 'Ingress'),
      /--deployment <name>. There are: shop, sessions/,
    ],
    ['an unknown name', shop, /no Deployment "shp" in the manifests. Did you mean shop/, { deployment: 'shp' }],
    ['two containers', [twoContainers, service('shop', { app: 'shop' })], /several containers \(a, b\)/],
    ['no Service', [deployment('shop', { app: 'shop' })], /No Service with a port selects the pods of Deployment shop/],
    ['another Service of its name', [...shop, service('shop', { app: 'sessions' })], /Service shop does not select/],
    [
      'a name of the check',
      [...shop, service('edge', { app: 'x' })],
      /Service edge has a name that the check reserves/,
    ],
    [
      'a missing Secret',
      reading({ envFrom: [{ secretRef: { name: 'keys' } }] }),
      /reads the Secret keys, which is not among/,
    ],
    ['a missing Secret of a volume', [withVolume, service('shop', { app: 'shop' })], /reads the Secret certificates,/],
    [
      'a Deployment without labels',
      [{ ...deployment('shop', {}), spec: { selector: { matchLabels: {} }, template: {} } }],
      /Deployment shop: spec\.template\.metadata is missing or wrong/,
    ],
    [
      'a missing ConfigMap',
      reading({ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'c', key: 'a' } } }] }),
      /reads the ConfigMap c,/,
    ],
  ])('%s', (_what, objects, sentence, wanted = {}) => {
    expect(() => ownManifests(objects, wanted)).toThrow(sentence);
  });
  test('an optional Secret may be missing', () => {
    const optional = reading({ envFrom: [{ secretRef: { name: 'keys', optional: true } }] });
    expect(ownManifests(optional).name).toBe('shop');
  });
});

test('its fleet has the mock, the edge, and the variables of the check before its own', async () => {
  const app = commandAppSchema.parse({
    cwd: '/',
    sessionCookie: 'sid',
    env: { ISSUER: '{issuer}', ORIGIN: '{origin}' },
    manifests: ownManifests(shop),
  });
  const fleet = fleetOf(oneApp(app), commandImages(app), 'module');
  const objects = await fleet.objects();
  const container = named(objects, 'Deployment', 'shop')?.spec.template.spec.containers[0];
  expect(container?.env).toEqual([
    { name: 'A', value: '1' },
    { name: 'ISSUER', value: 'https://auth.session-check.test/application/o/shop/' },
    { name: 'ORIGIN', value: 'https://shop.example' },
  ]);
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(
    expect.arrayContaining(['Deployment authentik', 'Deployment edge', 'Ingress shop']),
  );
  expect((await fleet.clusterObjects?.())?.map(({ kind }) => kind)).toEqual(['ServiceAccount', 'Role', 'RoleBinding']);
});
