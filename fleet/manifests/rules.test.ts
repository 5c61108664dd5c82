import { join } from 'node:path';
import type { Operation } from 'rfc6902';
import { describe, expect, test } from 'vitest';
import { apps } from '../../apps/environment/apps.ts';
import { repositoryRoot } from '../root.ts';
import { applyChanges } from './changes.ts';
import type { KubeObject } from './objects.ts';
import { render } from './render.ts';
import { releasedAs, violationsOf } from './rules.ts';

const rendered = await render(join(repositoryRoot, 'fleet/apps'));
const traefik = await render(join(repositoryRoot, 'fleet/e2e/cluster'));

const patched = (objects: readonly KubeObject[], kind: string, name: string, ...patch: Operation[]): KubeObject[] =>
  applyChanges(objects, [{ manifests: [{ target: { kind, name }, patch }] }]);
const sentencesFor = (objects: readonly KubeObject[]): string[] =>
  violationsOf(objects).map(({ sentence }) => sentence);
const rulesBroken = (objects: readonly KubeObject[]): string[] => [
  ...new Set(violationsOf(objects).map(({ rule }) => rule)),
];
const object = (kind: string, name: string, rest: Record<string, unknown>): KubeObject => ({
  apiVersion: 'example/v1',
  kind,
  metadata: { name, namespace: 'dezky' },
  ...rest,
});

test.each(['apps', 'e2e', 'e2e/cluster'])('fleet/%s breaks no rule', async (folder) => {
  expect(sentencesFor(await render(join(repositoryRoot, 'fleet', folder)))).toEqual([]);
});

const image = '/spec/template/spec/containers/0/image';
const version = '/spec/template/metadata/labels/app.kubernetes.io~1version';
const sha = '4f0b1c8d2e6a9f3b5c7d1e0f2a4b6c8d0e1f3a5b';

describe('pinned-images', () => {
  test.each([
    ['dezky/operator', 'is "dezky/operator" without a tag, which is whatever is newest when a pod starts'],
    ['dezky/operator:latest', 'is "dezky/operator:latest", a tag that moves'],
    ['dezky/operator:main', 'is "dezky/operator:main", a tag that moves'],
    ['dezky/operator:latest-alpine', 'is "dezky/operator:latest-alpine", a tag that moves'],
    ['dezky/operator:lts', 'is "dezky/operator:lts", a tag that moves'],
    ['dezky/operator:LTS-24', 'is "dezky/operator:LTS-24", a tag that moves'],
    ['dezky/operator:alpine', 'is "dezky/operator:alpine", a tag that moves'],
    ['dezky/operator:alpine3.22', 'is "dezky/operator:alpine3.22", a tag that moves'],
    ['dezky/operator:production', 'is "dezky/operator:production", a tag that moves'],
    ['node:24', 'is "node:24", a tag that moves'],
    ['node:24-slim', 'is "node:24-slim", a tag that moves'],
    ['node:slim', 'is "node:slim", a tag that moves'],
    ['traefik:v3.6', 'is "traefik:v3.6", a tag that moves'],
    ['redis:7.4-alpine3.22', 'is "redis:7.4-alpine3.22", a tag that moves'],
    ['localhost:5000/operator', 'is "localhost:5000/operator" without a tag'],
  ])('%s is told, with object and path', (reference, message) => {
    const [violation] = violationsOf(
      patched(rendered, 'Deployment', 'operator', { op: 'replace', path: image, value: reference }),
    );
    expect(violation).toMatchObject({
      rule: 'pinned-images',
      object: 'Deployment operator',
      path: 'spec.template.spec.containers[0].image',
    });
    expect(violation?.sentence).toContain(`Deployment operator: spec.template.spec.containers[0].image ${message}`);
  });

  test.each([
    'traefik:v3.6.12',
    'node:24.21.0-slim',
    'rancher/k3s:v1.34.4-k3s1',
    `x/y:${sha}`,
    'x/y:mainframe-2',
    'x/y:e2e',
  ])('%s stays what it is', (reference) =>
    expect(sentencesFor([object('Pod', 'p', { spec: { containers: [{ image: reference }] } })])).toEqual([]),
  );

  test('containers of any kind, and those that come before the others, are looked at', () => {
    const spec = {
      jobTemplate: { spec: { template: { spec: { initContainers: [{ image: 'busybox' }], containers: [{}] } } } },
    };
    expect(sentencesFor([object('CronJob', 'tidy', { spec })])).toEqual([
      expect.stringContaining('CronJob tidy: spec.jobTemplate.spec.template.spec.initContainers[0].image is "busybox"'),
      expect.stringContaining('spec.jobTemplate.spec.template.spec.containers[0].image is not there'),
    ]);
  });
});

test('an image that is pulled for every pod is told', () => {
  const path = '/spec/template/spec/containers/0/imagePullPolicy';
  expect(sentencesFor(patched(rendered, 'Deployment', 'portal', { op: 'replace', path, value: 'Always' }))).toEqual([
    expect.stringContaining('containers[0].imagePullPolicy is Always, so no pod can be replaced while'),
  ]);
  expect(sentencesFor(patched(rendered, 'Deployment', 'portal', { op: 'remove', path }))).toEqual([]);
});

describe('one-release', () => {
  test('an app that was not pinned with the others is told, and so is a label of another release', () => {
    const both = patched(rendered, 'Deployment', 'portal', {
      op: 'replace',
      path: image,
      value: `dezky/portal:${sha}`,
    });
    expect(sentencesFor(both)).toEqual([
      expect.stringMatching(/^Deployment portal: .*image is ".*" where platform-api is "dezky\/platform-api:1\.0\.0"/),
      expect.stringMatching(
        /^Deployment portal: spec\.template\.metadata\.labels\['app\.kubernetes\.io\/version'\] is/,
      ),
    ]);
  });

  test('a fleet of one release passes, and is told apart from another one', () => {
    const released = apps.reduce(
      (objects, { name }) =>
        patched(
          objects,
          'Deployment',
          name,
          { op: 'replace', path: image, value: `dezky/${name}:${sha}` },
          { op: 'replace', path: version, value: sha },
        ),
      [...rendered],
    );
    expect(sentencesFor(released)).toEqual([]);
    expect(violationsOf(released, [releasedAs(sha)])).toEqual([]);
    expect(
      violationsOf(rendered, [releasedAs(sha)])
        .map(({ object: id }) => id)
        .toSorted(),
    ).toEqual(apps.map(({ name }) => `Deployment ${name}`).toSorted());
  });

  test.each([
    [
      'a digest besides the tag',
      `dezky/operator:${sha}@sha256:${'0'.repeat(64)}`,
      'and has a digest, which wins over the tag',
    ],
    ["another app's image", `dezky/portal:${sha}`, 'and so is the image of portal'],
  ])('%s is not that release', (_, reference, message) => {
    const swapped = patched(
      rendered,
      'Deployment',
      'operator',
      { op: 'replace', path: image, value: reference },
      { op: 'replace', path: version, value: sha },
    );
    const sentences = violationsOf(swapped, [releasedAs(sha)])
      .filter(({ object: id }) => id === 'Deployment operator')
      .map(({ sentence }) => sentence);
    expect(sentences).toEqual([
      expect.stringContaining(`Deployment operator: spec.template.spec.containers[0].image is "${reference}"`),
    ]);
    expect(sentences[0]).toContain(message);
  });
});

describe('no-global-redirect', () => {
  test.each([
    '--entrypoints.web.http.redirections.entrypoint.to=websecure',
    '--entryPoints.web.http.redirections.entryPoint.scheme=https',
    '--entrypoints.web.http.middlewares=dezky-redirect-https@kubernetescrd',
  ])('the argument %s', (value) => {
    const path = '/spec/template/spec/containers/0/args/-';
    const violations = violationsOf(patched(traefik, 'Deployment', 'traefik', { op: 'add', path, value }));
    expect(violations).toEqual([
      expect.objectContaining({
        rule: 'no-global-redirect',
        object: 'Deployment traefik',
        path: expect.stringMatching(/^spec\.template\.spec\.containers\[0\]\.args\[\d+\]$/),
      }),
    ]);
  });

  test.each<[string, KubeObject]>([
    [
      "a chart's values",
      object('HelmChartConfig', 'traefik', {
        spec: { valuesContent: 'ports:\n  web:\n    redirections:\n      entryPoint: { to: websecure }\n' },
      }),
    ],
    [
      "an older chart's values",
      object('HelmChartConfig', 'traefik', {
        spec: { valuesContent: 'ports:\n  web:\n    redirectTo: { port: x }\n' },
      }),
    ],
    [
      "a chart's settings",
      object('HelmChart', 'traefik', { spec: { set: { 'ports.web.redirectTo.port': 'websecure' } } }),
    ],
    [
      'a variable',
      object('Pod', 'traefik', {
        spec: {
          containers: [
            {
              image: 'traefik:v3.6.12',
              env: [{ name: 'TRAEFIK_ENTRYPOINTS_WEB_HTTP_REDIRECTIONS_ENTRYPOINT_TO', value: 'websecure' }],
            },
          ],
        },
      }),
    ],
  ])('%s', (_, redirecting) => {
    expect(rulesBroken([redirecting])).toEqual(['no-global-redirect']);
    expect(sentencesFor([redirecting])[0]).toMatch(/^\w+ traefik: spec\S+ redirects on the entry point/);
  });
});

const annotation = (name: string): string => `/metadata/annotations/traefik.ingress.kubernetes.io~1router.${name}`;

describe('redirects-on-web', () => {
  test.each<[string, Operation, string]>([
    [
      'on no entry point by name',
      { op: 'remove', path: annotation('entrypoints') },
      "Ingress operator-redirect: metadata.annotations['traefik.ingress.kubernetes.io/router.entrypoints'] is not there",
    ],
    [
      'on both entry points',
      { op: 'replace', path: annotation('entrypoints'), value: 'web, websecure' },
      'is "web,websecure", so that dezky-redirect-https@kubernetescrd redirects what is https already',
    ],
    [
      'for every host',
      { op: 'remove', path: '/spec/rules/0/host' },
      'Ingress operator-redirect: spec.rules[0].http.paths[0] takes every host',
    ],
  ])('a redirect %s', (_, operation, message) => {
    const broken = patched(rendered, 'Ingress', 'operator-redirect', operation);
    expect(rulesBroken(broken)).toEqual(['redirects-on-web']);
    expect(sentencesFor(broken)[0]).toContain(message);
  });

  test('a redirect that is hung on the https router', () => {
    const value = 'dezky-redirect-https@kubernetescrd';
    const broken = patched(rendered, 'Ingress', 'portal', { op: 'add', path: annotation('middlewares'), value });
    expect(sentencesFor(broken)).toEqual([
      expect.stringMatching(/^Ingress portal: .*entrypoints'\] is "websecure", so that/),
    ]);
  });

  test('an IngressRoute is read as well', () => {
    const route = { match: 'PathPrefix(`/`)', middlewares: [{ name: 'redirect-https' }] };
    const broken = [...rendered, object('IngressRoute', 'all', { spec: { routes: [route] } })];
    expect(sentencesFor(broken)).toEqual([
      expect.stringContaining('IngressRoute all: spec.entryPoints is not there'),
      expect.stringContaining('IngressRoute all: spec.routes[0] takes every host'),
    ]);
  });
});

describe('solver-reachable', () => {
  test.each<[string, Operation, string]>([
    [
      'a priority',
      { op: 'add', path: annotation('priority'), value: '1000' },
      "router.priority'] sets a priority by hand, which can come before the HTTP-01 solver",
    ],
    [
      'TLS on web',
      { op: 'add', path: annotation('tls'), value: 'true' },
      "router.tls'] demands TLS on the entry point",
    ],
    [
      "the challenge's path",
      { op: 'replace', path: '/spec/rules/0/http/paths/0/path', value: '/.well-known/acme-challenge' },
      'spec.rules[0].http.paths[0] takes /.well-known/acme-challenge/ away from the HTTP-01 solver',
    ],
    [
      'a rule longer than its own',
      { op: 'replace', path: '/spec/rules/0/http/paths/0/path', value: `/${'long/'.repeat(30)}` },
      "longer than the HTTP-01 solver's, and so comes before it",
    ],
  ])('%s', (_, operation, message) => {
    const broken = patched(rendered, 'Ingress', 'operator-redirect', operation);
    expect(rulesBroken(broken)).toEqual(['solver-reachable']);
    expect(sentencesFor(broken)).toEqual([expect.stringContaining(message)]);
  });

  test("cert-manager's own solver is none that takes it away", () => {
    const paths = [{ path: '/.well-known/acme-challenge/token', pathType: 'Exact' }];
    const solver = object('Ingress', 'cm-acme-http-solver-x', {
      spec: { rules: [{ host: 'operator.dezky.example', http: { paths } }] },
    });
    expect(rulesBroken([...rendered, solver])).toContain('solver-reachable');
    solver.metadata.labels = { 'acme.cert-manager.io/http01-solver': 'true' };
    expect(sentencesFor([...rendered, solver])).toEqual([]);
  });
});

describe('narrow-deployer', () => {
  const role = (...patch: Operation[]) => patched(rendered, 'Role', 'ci-deployer', ...patch);
  const binding = (...patch: Operation[]) => patched(rendered, 'RoleBinding', 'ci-deployer', ...patch);

  test.each<[string, KubeObject[], string]>([
    [
      'a wildcard verb',
      role({ op: 'add', path: '/rules/1/verbs/-', value: '*' }),
      'Role ci-deployer: rules[1] grants * on deployments.apps, which a deploy does not need',
    ],
    [
      'a wildcard resource',
      role({ op: 'replace', path: '/rules/1/resources', value: ['*'] }),
      'rules[1] grants get, list, watch, create, patch on *.apps',
    ],
    [
      'Secrets',
      role({ op: 'add', path: '/rules/-', value: { apiGroups: [''], resources: ['secrets'], verbs: ['get'] } }),
      'grants get on secrets',
    ],
    ['deleting', role({ op: 'add', path: '/rules/1/verbs/-', value: 'delete' }), 'grants delete on deployments.apps'],
    [
      'a ClusterRole',
      binding(
        { op: 'replace', path: '/roleRef/kind', value: 'ClusterRole' },
        { op: 'replace', path: '/roleRef/name', value: 'admin' },
      ),
      'RoleBinding ci-deployer: roleRef gives ci-deployer ClusterRole admin',
    ],
    [
      'every namespace',
      binding({ op: 'replace', path: '/kind', value: 'ClusterRoleBinding' }),
      'ClusterRoleBinding ci-deployer: kind gives ci-deployer rights in every namespace',
    ],
    [
      'a Role that nobody wrote',
      binding({ op: 'replace', path: '/roleRef/name', value: 'other' }),
      'roleRef names other, a Role that is not there',
    ],
  ])('%s', (_, broken, message) => {
    expect(rulesBroken(broken)).toEqual(['narrow-deployer']);
    expect(sentencesFor(broken)).toEqual([expect.stringContaining(message)]);
  });

  const clusterBinding = (subject: { kind: string; name: string }): KubeObject[] => [
    ...rendered,
    object('ClusterRoleBinding', 'all', {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [subject],
    }),
  ];

  test.each([
    { kind: 'Group', name: 'system:serviceaccounts' },
    { kind: 'Group', name: 'system:serviceaccounts:dezky' },
    { kind: 'Group', name: 'system:authenticated' },
    { kind: 'Group', name: 'system:masters' },
    { kind: 'User', name: 'system:serviceaccount:dezky:ci-deployer' },
  ])('$kind $name has the deployer in it', (subject) => {
    expect(sentencesFor(clusterBinding(subject))).toEqual([
      expect.stringContaining('ClusterRoleBinding all: kind gives ci-deployer rights in every namespace'),
    ]);
  });

  test.each([
    { kind: 'Group', name: 'dezky-operators' },
    { kind: 'Group', name: 'system:unauthenticated' },
    { kind: 'ServiceAccount', name: 'traefik' },
    { kind: 'User', name: 'system:serviceaccount:dezky:traefik' },
  ])('$kind $name has not', (subject) => {
    expect(sentencesFor(clusterBinding(subject))).toEqual([]);
  });
});

const operator = (...patch: Operation[]) => patched(rendered, 'Deployment', 'operator', ...patch);
const container = '/spec/template/spec/containers/0';
const without = (path: string): Operation => ({ op: 'remove', path });
const replaced = (path: string, value: unknown): Operation => ({ op: 'replace', path, value });

describe('graceful-end', () => {
  const grace = '/spec/template/spec/terminationGracePeriodSeconds';
  const settings = (...patch: Operation[]) => patched(rendered, 'ConfigMap', 'operator-config', ...patch);

  test.each<[string, KubeObject[], string]>([
    [
      'a grace that ends before the app does',
      operator(replaced(grace, 24)),
      'terminationGracePeriodSeconds is 24, too short for preStop 5 s, NITRO_SHUTDOWN_TIMEOUT 15 s, margin 5 s: give at least 25.',
    ],
    [
      "Kubernetes' own grace, when that is too short",
      patched(
        operator(without(grace)),
        'ConfigMap',
        'operator-config',
        replaced('/data/NITRO_SHUTDOWN_TIMEOUT', '25000'),
      ),
      'terminationGracePeriodSeconds is not set (30), too short for',
    ],
    [
      'a preStop longer than the grace allows for',
      operator(replaced(`${container}/lifecycle/preStop/sleep/seconds`, 11)),
      'give at least 31.',
    ],
    [
      "a variable of the container's own",
      operator({
        op: 'add',
        path: `${container}/env/-`,
        value: { name: 'NITRO_SHUTDOWN_TIMEOUT', value: '30000' },
      }),
      'NITRO_SHUTDOWN_TIMEOUT 30 s',
    ],
    ['no preStop', operator(without(`${container}/lifecycle`)), 'containers[0].lifecycle.preStop does not sleep'],
    [
      'no shutdown timeout',
      settings(without('/data/NITRO_SHUTDOWN_TIMEOUT')),
      'too short for preStop 5 s, NITRO_SHUTDOWN_TIMEOUT 30 s, margin 5 s: give at least 40.',
    ],
    [
      'a shutdown timeout that is no number',
      settings(replaced('/data/NITRO_SHUTDOWN_TIMEOUT', '15s')),
      'containers[0].env and envFrom set NITRO_SHUTDOWN_TIMEOUT to "15s"',
    ],
    [
      'a shutdown timeout that is shorter than a request',
      settings(replaced('/data/NITRO_SHUTDOWN_TIMEOUT', '9999')),
      'set NITRO_SHUTDOWN_TIMEOUT to 9.999 s, and a request may take 10 s: give at least 10000.',
    ],
  ])('%s', (_, broken, message) => {
    expect(rulesBroken(broken)).toEqual(['graceful-end']);
    expect(sentencesFor(broken)).toEqual([expect.stringMatching(/^Deployment operator: /)]);
    expect(sentencesFor(broken)[0]).toContain(message);
  });
});

describe('graceful-end, against the lag of endpoints', () => {
  const seconds = `${container}/lifecycle/preStop/sleep/seconds`;

  test.each([1, 3])('a preStop of %i s', (value) => {
    expect(sentencesFor(operator(replaced(seconds, value)))).toEqual([
      expect.stringContaining(
        `Deployment operator: spec.template.spec.containers[0].lifecycle.preStop.sleep.seconds is ${value}, and proxies may send to the pod for 4 s`,
      ),
    ]);
  });
});

describe('https-by-redirect', () => {
  const redirectMiddleware = (...patch: Operation[]) => patched(rendered, 'Middleware', 'redirect-https', ...patch);

  test.each<[string, KubeObject[], string]>([
    [
      'a router on web that does not redirect',
      patched(rendered, 'Ingress', 'portal-redirect', { op: 'remove', path: annotation('middlewares') }),
      "Ingress portal-redirect: metadata.annotations['traefik.ingress.kubernetes.io/router.middlewares'] names no middleware that redirects, so portal.dezky.example is served on plain http",
    ],
    [
      'a router on web with another middleware',
      patched(
        rendered,
        'Ingress',
        'portal-redirect',
        replaced(annotation('middlewares'), 'dezky-compress@kubernetescrd'),
      ),
      'names no middleware that redirects',
    ],
    [
      'a host without a router on web',
      rendered.filter(({ metadata }) => metadata.name !== 'operator-redirect'),
      'Ingress operator: spec.rules[0].http.paths[0] has no router on the entry point web for operator.dezky.example',
    ],
    [
      'a redirect by a pattern',
      redirectMiddleware(
        { op: 'remove', path: '/spec/redirectScheme' },
        { op: 'add', path: '/spec/redirectRegex', value: { regex: '^http://(.*)', replacement: 'https://$1' } },
      ),
      'Middleware redirect-https: spec.redirectRegex looks at the connection',
    ],
    [
      'a redirect for the moment',
      redirectMiddleware(replaced('/spec/redirectScheme/permanent', false)),
      'Middleware redirect-https: spec.redirectScheme.permanent is not true',
    ],
    [
      'a redirect to another scheme',
      redirectMiddleware(replaced('/spec/redirectScheme/scheme', 'http')),
      'Middleware redirect-https: spec.redirectScheme.scheme is http',
    ],
    [
      'a redirect to a port of the cluster',
      redirectMiddleware({ op: 'add', path: '/spec/redirectScheme/port', value: '8443' }),
      'Middleware redirect-https: spec.redirectScheme.port is 8443',
    ],
  ])('%s', (_, broken, message) => {
    expect(rulesBroken(broken)).toEqual(['https-by-redirect']);
    expect(sentencesFor(broken)[0]).toContain(message);
  });
});

describe('watched-pods', () => {
  test.each([
    'startupProbe',
    'readinessProbe',
    'livenessProbe',
    'resources.requests.cpu',
    'resources.requests.memory',
    'resources.limits.memory',
  ])('an app without %s', (at) => {
    const broken = operator(without(`${container}/${at.replaceAll('.', '/')}`));
    expect(rulesBroken(broken)).toEqual(['watched-pods']);
    expect(sentencesFor(broken)).toEqual([
      expect.stringContaining(`Deployment operator: spec.template.spec.containers[0].${at} is not there, so `),
    ]);
  });

  test('an app that says nothing of itself is told all of it', () => {
    expect(
      sentencesFor(operator(without(`${container}/resources`), without(`${container}/livenessProbe`))),
    ).toHaveLength(4);
  });
});

describe('never-alone', () => {
  const maxUnavailable = '/spec/strategy/rollingUpdate/maxUnavailable';

  test.each<[string, KubeObject[], string]>([
    ['one replica', operator(replaced('/spec/replicas', 1)), "spec.replicas is 1, so one pod's end is an outage"],
    ['no number of replicas', operator(without('/spec/replicas')), 'spec.replicas is not set (1)'],
    ['pods that go first', operator(replaced(maxUnavailable, 1)), 'spec.strategy.rollingUpdate.maxUnavailable is 1'],
    ['a share of pods that go first', operator(replaced(maxUnavailable, '50%')), 'maxUnavailable is 50%'],
    ["Kubernetes' own share", operator(without(maxUnavailable)), 'maxUnavailable is not set (25%)'],
    ['Recreate', operator(replaced('/spec/strategy', { type: 'Recreate' })), 'spec.strategy.type is Recreate'],
    [
      'no budget',
      rendered.filter(({ kind, metadata }) => kind !== 'PodDisruptionBudget' || metadata.name !== 'operator'),
      'spec.template.metadata.labels are selected by no PodDisruptionBudget',
    ],
    [
      'a budget of other pods',
      patched(
        rendered,
        'PodDisruptionBudget',
        'operator',
        replaced('/spec/selector/matchLabels', { 'app.kubernetes.io/name': 'operators' }),
      ),
      'are selected by no PodDisruptionBudget',
    ],
  ])('%s', (_, broken, message) => {
    expect(rulesBroken(broken)).toEqual(['never-alone']);
    expect(sentencesFor(broken)).toEqual([expect.stringMatching(/^Deployment operator: /)]);
    expect(sentencesFor(broken)[0]).toContain(message);
  });

  const budget = (spec: Record<string, unknown>) =>
    patched(
      rendered,
      'PodDisruptionBudget',
      'operator',
      replaced('/spec', { selector: { matchLabels: { 'app.kubernetes.io/name': 'operator' } }, ...spec }),
    );

  test.each<[Record<string, unknown>, string]>([
    [{ minAvailable: 0 }, 'spec.minAvailable is 0 of 2 replicas, so all of them may be evicted at once'],
    [{ minAvailable: '0%' }, 'spec.minAvailable is 0% of 2 replicas, so all of them'],
    [{ minAvailable: 2 }, 'spec.minAvailable is 2 of 2 replicas, so no node can be drained'],
    [{ minAvailable: '60%' }, 'spec.minAvailable is 60% of 2 replicas, so no node can be drained'],
    [{ maxUnavailable: 0 }, 'spec.maxUnavailable is 0 of 2 replicas, so no node can be drained'],
    [{ maxUnavailable: 2 }, 'spec.maxUnavailable is 2 of 2 replicas, so all of them'],
    [{ maxUnavailable: '100%' }, 'spec.maxUnavailable is 100% of 2 replicas, so all of them'],
    [{}, 'spec.maxUnavailable is 0 of 2 replicas'],
    [{ minAvailable: 1, maxUnavailable: 1 }, 'spec has minAvailable and maxUnavailable'],
  ])('a budget of %j', (spec, message) => {
    expect(rulesBroken(budget(spec))).toEqual(['never-alone']);
    expect(sentencesFor(budget(spec))).toEqual([expect.stringContaining(`PodDisruptionBudget operator: ${message}`)]);
  });

  test.each([{ minAvailable: 1 }, { maxUnavailable: 1 }, { minAvailable: '50%' }, { maxUnavailable: '10%' }])(
    'a budget of %j lets one of two pods go',
    (spec) => expect(violationsOf(budget({ ...spec, unhealthyPodEvictionPolicy: 'AlwaysAllow' }))).toEqual([]),
  );
});
