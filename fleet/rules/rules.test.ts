import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from 'rfc6902';
import { describe, expect, test } from 'vitest';
import { apps, sessionApps } from '../../apps/environment/apps.ts';
import { repositoryRoot } from '../root.ts';
import { applyChanges } from '../manifests/changes.ts';
import { named, type KubeObject } from '../manifests/objects.ts';
import { render } from '../manifests/render.ts';
import { describedApps, manifestRules, releasedAs } from './rules.ts';
import { violationsOf } from '../manifests/rule.ts';

const rendered = await render(join(repositoryRoot, 'fleet/apps'));
const traefik = await render(join(repositoryRoot, 'fleet/e2e/cluster'));

const patched = (objects: readonly KubeObject[], kind: string, name: string, ...patch: Operation[]): KubeObject[] =>
  applyChanges(objects, [{ manifests: [{ target: { kind, name }, patch }] }]);
const sentencesFor = (objects: readonly KubeObject[]): string[] =>
  violationsOf(objects, manifestRules).map(({ sentence }) => sentence);
const rulesBroken = (objects: readonly KubeObject[]): string[] => [
  ...new Set(violationsOf(objects, manifestRules).map(({ rule }) => rule)),
];
const object = (kind: string, rest: Record<string, unknown>, annotations: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'example/v1',
  kind,
  metadata: { name: 'extra', namespace: 'dezky', annotations },
  ...rest,
});

test.each(['apps', 'e2e', 'e2e/cluster'])('fleet/%s breaks no rule', async (folder) => {
  expect(sentencesFor(await render(join(repositoryRoot, 'fleet', folder)))).toEqual([]);
});

test.each(sessionApps)('a pod of $name starts only with the address of Redis', ({ name }) => {
  const reference = { name: `${name}-secrets`, key: 'SESSION_REDIS_URL' };
  expect(named(rendered, 'Deployment', name)?.spec.template.spec.containers[0]?.env).toContainEqual({
    name: 'SESSION_REDIS_URL',
    valueFrom: { secretKeyRef: reference },
  });
});

const container = '/spec/template/spec/containers/0';
const image = `${container}/image`;
const version = '/spec/template/metadata/labels/app.kubernetes.io~1version';
const router = (name: string): string => `/metadata/annotations/traefik.ingress.kubernetes.io~1router.${name}`;
const spread = '/spec/template/spec/topologySpreadConstraints/0/labelSelector';
const podSecurity = '/spec/template/spec/securityContext';
const redirectScheme = '/spec/redirectScheme';
const sleep = `${container}/lifecycle/preStop/sleep/seconds`;
const grace = '/spec/template/spec/terminationGracePeriodSeconds';
const budget = (spec: Record<string, unknown>) => ({
  selector: { matchLabels: { 'app.kubernetes.io/name': 'operator' } },
  ...spec,
});
const sha = '4f0b1c8d2e6a9f3b5c7d1e0f2a4b6c8d0e1f3a5b';

const portal = 'Deployment portal';
const operator = 'Deployment operator';
const role = 'Role ci-deployer';
const redirect = 'Ingress operator-redirect';
const portalRedirect = 'Ingress portal-redirect';
const service = 'Service portal';
const compress = 'dezky-compress@kubernetescrd';
const https = 'dezky-redirect-https@kubernetescrd';
const pullPolicy = `${container}/imagePullPolicy`;

/** By rule: the changed object, the path and its new value (undefined: removed), and a part of the only sentence. */
const breaches: Record<string, Array<[object: string, path: string, value: unknown, sentence: string]>> = {
  'images-kept': [
    [portal, pullPolicy, 'Always', 'containers[0].imagePullPolicy is Always, so no pod can be replaced while'],
  ],
  'one-release': [
    [
      portal,
      version,
      '0.9.0',
      'spec.template.metadata.labels[\'app.kubernetes.io/version\'] is "0.9.0" with the image',
    ],
  ],
  'redirects-on-web': [
    [
      redirect,
      router('entrypoints'),
      undefined,
      "metadata.annotations['traefik.ingress.kubernetes.io/router.entrypoints'] is not there",
    ],
    [
      redirect,
      router('entrypoints'),
      'web, websecure',
      'is "web,websecure", so that dezky-redirect-https@kubernetescrd redirects what is https already',
    ],
    [redirect, '/spec/rules/0/host', undefined, 'spec.rules[0].http.paths[0] takes every host'],
    ['Ingress portal', router('middlewares'), https, 'entrypoints\'] is "websecure", so that'],
  ],
  'solver-reachable': [
    [
      redirect,
      router('priority'),
      '1000',
      "router.priority'] sets a priority by hand, which can come before the HTTP-01 solver",
    ],
    [redirect, router('tls'), 'true', "router.tls'] demands TLS on the entry point"],
    [
      redirect,
      '/spec/rules/0/http/paths/0/path',
      '/.well-known/acme-challenge',
      'spec.rules[0].http.paths[0] takes /.well-known/acme-challenge/ away from the HTTP-01 solver',
    ],
    [
      redirect,
      '/spec/rules/0/http/paths/0/path',
      `/${'long/'.repeat(30)}`,
      "longer than the HTTP-01 solver's, and so comes before it",
    ],
  ],
  'https-by-redirect': [
    [
      portalRedirect,
      router('middlewares'),
      undefined,
      "router.middlewares'] names no middleware that redirects, so portal.dezky.example is served on plain http",
    ],
    [portalRedirect, router('middlewares'), compress, 'names no middleware that redirects'],
    ['Middleware redirect-https', `${redirectScheme}/permanent`, false, 'spec.redirectScheme.permanent is not true'],
    ['Middleware redirect-https', `${redirectScheme}/scheme`, 'http', 'spec.redirectScheme.scheme is http'],
    ['Middleware redirect-https', `${redirectScheme}/port`, '8443', 'spec.redirectScheme.port is 8443'],
    ['Middleware redirect-https', '/spec/redirectRegex', { regex: '^http://(.*)' }, 'spec.redirectRegex looks at the'],
  ],
  'narrow-deployer': [
    [role, '/rules/3/verbs/-', 'create', 'rules[3] grants create on deployments.apps, which a deploy does not need'],
    [role, '/rules/3/resources', ['*'], 'rules[3] grants list, watch on *.apps'],
    [role, '/rules/2/resourceNames', undefined, 'rules[2] grants get, patch on deployments.apps, which'],
    [role, '/rules/2/resourceNames/-', 'dezky-data', 'patch on deployments.apps operator, portal, platform-api'],
    [role, '/rules/-', { apiGroups: [''], resources: ['secrets'], verbs: ['get'] }, 'grants get on secrets'],
    ['RoleBinding ci-deployer', '/roleRef/kind', 'ClusterRole', 'roleRef gives ci-deployer ClusterRole ci-deployer'],
    ['RoleBinding ci-deployer', '/roleRef/name', 'other', 'roleRef names other, a Role that is not there'],
  ],
  'graceful-end': [
    [
      operator,
      grace,
      39,
      'is 39, too short for preStop 5 s, twice NITRO_SHUTDOWN_TIMEOUT 15 s, margin 5 s: give at least 40.',
    ],
    [operator, sleep, 11, 'give at least 46.'],
    [operator, sleep, 3, 'sleep.seconds is 3, and proxies may send to the pod for 4 s'],
    [operator, `${container}/lifecycle`, undefined, 'containers[0].lifecycle.preStop does not sleep'],
    [operator, `${container}/env/-`, { name: 'NITRO_SHUTDOWN_TIMEOUT', value: '30000' }, 'NITRO_SHUTDOWN_TIMEOUT 30 s'],
  ],
  'watched-pods': [
    'startupProbe',
    'readinessProbe',
    'livenessProbe',
    'resources.requests.cpu',
    'resources.requests.memory',
    'resources.limits.memory',
  ].map((at) => [
    operator,
    `${container}/${at.replaceAll('.', '/')}`,
    undefined,
    `spec.template.spec.containers[0].${at} is not there, so `,
  ]),
  'never-alone': [
    [operator, '/spec/replicas', 1, "spec.replicas is 1, so one pod's end is an outage"],
    [operator, '/spec/replicas', undefined, 'spec.replicas is not set (1)'],
    [operator, '/spec/strategy/rollingUpdate/maxUnavailable', '50%', 'maxUnavailable is 50%'],
    [operator, '/spec/strategy/rollingUpdate/maxUnavailable', undefined, 'is not set (25%)'],
    [operator, '/spec/strategy', { type: 'Recreate' }, 'spec.strategy.type is Recreate'],
    ...(
      [
        [{ minAvailable: 0 }, 'spec.minAvailable is 0 of 2 replicas, so all of them may be evicted at once'],
        [{ minAvailable: '60%' }, 'spec.minAvailable is 60% of 2 replicas, so no node can be drained'],
        [{ maxUnavailable: 0 }, 'spec.maxUnavailable is 0 of 2 replicas, so no node can be drained'],
        [{ maxUnavailable: '100%' }, 'spec.maxUnavailable is 100% of 2 replicas, so all of them'],
        [{}, 'spec.maxUnavailable is 0 of 2 replicas'],
        [{ minAvailable: 1, maxUnavailable: 1 }, 'spec has minAvailable and maxUnavailable'],
      ] as const
    ).map(([spec, sentence]): [string, string, unknown, string] => [
      'PodDisruptionBudget operator',
      '/spec',
      budget(spec),
      sentence,
    ]),
  ],
  'rollout-deadline': [
    [portal, '/spec/progressDeadlineSeconds', undefined, 'progressDeadlineSeconds is not set (600), so'],
    [portal, '/spec/progressDeadlineSeconds', 181, 'Seconds is 181, so'],
  ],
  'kept-revisions': [[portal, '/spec/revisionHistoryLimit', 0, 'spec.revisionHistoryLimit is 0, so']],
  'own-environment': [
    [portal, '/spec/template/spec/enableServiceLinks', true, 'enableServiceLinks is not false, so'],
    [portal, '/spec/template/spec/enableServiceLinks', undefined, 'enableServiceLinks is not false, so'],
  ],
  'enough-room': [
    ['cpu', '50m', 'resources.limits.cpu is 50m, so the kernel stops its only thread'],
    ['cpu', '0.5', 'resources.limits.cpu is 0.5, so'],
    ['memory', '255Mi', 'resources.limits.memory is 255Mi, so a pod that serves requests is killed'],
    ['memory', '268000000', 'is 268000000, so'],
    ['memory', '0.1Gi', 'is 0.1Gi, so'],
  ].map(([name, value, sentence = '']) => [portal, `${container}/resources/limits/${name}`, value, sentence]),
  'probe-values': (
    [
      [
        'readinessProbe/httpGet/path',
        '/api/_health/live',
        'httpGet.path is /api/_health/live, so a pod that cannot read sessions is sent requests: ask /api/_health/ready',
      ],
      ['readinessProbe/httpGet/path', undefined, 'readinessProbe.httpGet.path is not there, so a pod'],
      ['livenessProbe/httpGet/path', '/api/_health/ready', 'so an outage of Redis restarts every pod'],
      ['startupProbe/httpGet/path', '/api/_health/ready', 'so an app that is up'],
      ['readinessProbe/httpGet/port', 'https', 'httpGet.port is https, no port of the container'],
      ['startupProbe/failureThreshold', 5, 'startupProbe.periodSeconds x failureThreshold is 5 s, not 30 to 180'],
      ['startupProbe/failureThreshold', 600, 'x failureThreshold is 600 s, not 30 to 180'],
      ['readinessProbe/failureThreshold', 30, 'x failureThreshold is 60 s, not 2 to 10'],
      ['readinessProbe/failureThreshold', 1, 'failureThreshold is 1, so one slow answer is enough: give at least 2'],
      ['readinessProbe/periodSeconds', undefined, 'x failureThreshold is 20 s, not 2 to 10'],
      ['livenessProbe/periodSeconds', 1, 'x failureThreshold is 3 s, not 20 to 60'],
      ['readinessProbe/timeoutSeconds', undefined, 'readinessProbe.timeoutSeconds is 1, not 2 to 5'],
      ['livenessProbe/timeoutSeconds', 30, 'livenessProbe.timeoutSeconds is 30, not 2 to 5'],
    ] as const
  ).map(([path, value, sentence]) => [operator, `${container}/${path}`, value, sentence]),
  'hardened-pods': [
    ...(
      [
        [`${podSecurity}/runAsNonRoot`, undefined, 'runAsNonRoot is not true'],
        [`${container}/securityContext/runAsNonRoot`, false, 'runAsNonRoot is not true'],
        [`${podSecurity}/runAsUser`, 0, 'runAsUser is 0, which is root'],
        [`${container}/securityContext/privileged`, true, 'privileged is true'],
        [`${container}/securityContext/allowPrivilegeEscalation`, undefined, 'allowPrivilegeEscalation is not false'],
        [`${container}/securityContext/readOnlyRootFilesystem`, false, 'readOnlyRootFilesystem is not true'],
        [`${container}/securityContext/capabilities`, undefined, 'capabilities are not taken away'],
        [`${container}/securityContext/capabilities/add`, ['NET_ADMIN'], 'capabilities are not taken away'],
        [`${podSecurity}/seccompProfile`, undefined, 'seccompProfile is not RuntimeDefault'],
      ] as const
    ).map(([path, value, sentence]): [string, string, unknown, string] => [
      operator,
      path,
      value,
      `spec.template.spec.containers[0].securityContext.${sentence}`,
    ]),
    [
      operator,
      '/spec/template/spec/automountServiceAccountToken',
      undefined,
      'spec.template.spec.automountServiceAccountToken is not false, so',
    ],
  ],
  'closed-ports': [
    ['NetworkPolicy dezky-data', '/spec/ingress/0/from', undefined, 'spec.ingress[0].from is not there, so everybody'],
    ['NetworkPolicy apps', '/spec/ingress/1/from', [], 'spec.ingress[1].from is not there'],
    [
      'NetworkPolicy apps',
      '/spec/ingress/0/from/0/namespaceSelector/matchLabels/kubernetes.io~1metadata.name',
      'traefik',
      'spec.ingress keeps Traefik from port 3000 of',
    ],
    ['NetworkPolicy dezky-data', '/spec/ingress/0/ports/0/port', 6380, 'keeps the apps from port 6379 of dezky-data'],
    ...(
      [
        ['dezky-data', '0/from', [{ podSelector: {} }], 'from[0] lets in every pod of the namespace to port 6379 of'],
        [
          'dezky-data',
          '0/from/1',
          { namespaceSelector: {} },
          'from[1] lets in Traefik, Prometheus, every pod of the namespace, pods',
        ],
        ['dezky-data', '0/from/1', { ipBlock: { cidr: '10.0.0.0/8' } }, 'from[1] lets in Traefik, Prometheus, every'],
        [
          'platform-api',
          '0/from/1',
          { podSelector: {}, namespaceSelector: {} },
          'from[1] lets in Prometheus, every pod',
        ],
        ['platform-api', '0/ports', undefined, 'from[0] lets in the apps to port 9464 of platform-api: name'],
        ['apps', '0/from/0/podSelector', undefined, 'from[0] lets in every pod of kube-system to port 3000 of'],
        ['apps', '0/from/0/namespaceSelector', {}, 'lets in pods of other namespaces that are labelled as Traefik to'],
        ['apps', '0/ports/1', { port: 9000, endPort: 9999 }, 'from[0] lets in Traefik to port 9464 of operator, and'],
        [
          'apps',
          '1/from/0/namespaceSelector',
          {},
          'from[0] lets in the apps, Traefik, every pod of the namespace, pods',
        ],
      ] as const
    ).map(([policy, path, value, sentence]): [string, string, unknown, string] => [
      `NetworkPolicy ${policy}`,
      `/spec/ingress/${path}`,
      value,
      sentence,
    ]),
  ],
  'lasting-selectors': [
    [service, '/spec/selector', 'so it leads to no pod until a release is Ready'],
    ['PodDisruptionBudget portal', '/spec/selector/matchLabels', 'so it keeps no pod of a release'],
    [portal, '/spec/selector/matchLabels', 'so there can be no other release'],
  ].map(([which = '', path, sentence = '']) => [which, `${path}/app.kubernetes.io~1version`, '1.0.0', sentence]),
  'own-pods': [
    [
      service,
      '/spec/selector',
      { 'app.kubernetes.io/part-of': 'dezky' },
      'spec.selector selects the pods of operator, platform-api, portal, so requests reach the wrong app',
    ],
    [service, '/spec/internalTrafficPolicy', 'Local', 'is Local, so it leads nowhere on a node without a pod'],
    [service, '/spec/publishNotReadyAddresses', true, 'is true, so requests reach pods that cannot answer them'],
    [service, '/spec/ports/0/targetPort', 'metrics', 'spec.ports[0] leads to the metrics of pods'],
    [
      portal,
      spread,
      { matchLabels: { 'app.kubernetes.io/name': 'operator' } },
      'topologySpreadConstraints[0].labelSelector does not match the pods themselves',
    ],
    [portal, spread, undefined, 'labelSelector does not match the pods themselves'],
  ],
  'own-certificate': [
    ['Ingress portal', '/spec/tls/0/hosts', ['mail.dezky.example'], 'spec.tls does not name portal.dezky.example'],
    ['Ingress portal', '/spec/tls/0/hosts', ['*.portal.dezky.example'], 'spec.tls does not name portal.dezky.example'],
  ],
  'balanced-requests': [
    [
      service,
      '/metadata/annotations',
      { 'traefik.ingress.kubernetes.io/service.sticky.cookie.name': 'pod' },
      'service.sticky.cookie.name\'] is "pod": requests would stick to one pod, which hides sessions',
    ],
    [
      'Ingress portal',
      '/metadata/annotations/nginx.ingress.kubernetes.io~1affinity',
      'cookie',
      '[\'nginx.ingress.kubernetes.io/affinity\'] is "cookie"',
    ],
    [service, '/spec/sessionAffinity', 'ClientIP', 'spec.sessionAffinity is ClientIP: requests would stick'],
  ],
};

describe.each(Object.entries(breaches))('%s', (rule, rows) => {
  test.each(rows)('%s: %s = %j', (which, path, value, sentence) => {
    const [kind = '', name = ''] = which.split(' ');
    const operation: Operation = value === undefined ? { op: 'remove', path } : { op: 'add', path, value };
    const broken = patched(rendered, kind, name, operation);
    expect(rulesBroken(broken)).toEqual([rule]);
    expect(sentencesFor(broken)).toEqual([expect.stringContaining(sentence)]);
    expect(sentencesFor(broken)[0]).toMatch(`${which}: `);
  });
});

test.each<[string, string, string, unknown]>([
  ['a wildcard certificate', 'Ingress portal', '/spec/tls/0/hosts', ['*.dezky.example']],
  ['a container port by its number', 'Deployment operator', `${container}/readinessProbe/httpGet/port`, 3000],
  ['a core', 'Deployment portal', `${container}/resources/limits/cpu`, '2000m'],
  ['memory in another unit', 'Deployment portal', `${container}/resources/limits/memory`, '1G'],
  ['a budget in percent', 'PodDisruptionBudget operator', '/spec', budget({ minAvailable: '50%' })],
  ['no affinity by name', 'Service portal', '/spec/sessionAffinity', 'None'],
])('%s breaks no rule', (_, which, path, value) => {
  const [kind = '', name = ''] = which.split(' ');
  expect(sentencesFor(patched(rendered, kind, name, { op: 'add', path, value }))).toEqual([]);
});

describe('pinned-images', () => {
  test.each([
    ['dezky/operator', 'without a tag, which is whatever is newest when a pod starts'],
    ['localhost:5000/operator', 'without a tag'],
    ['dezky/operator:latest-alpine', 'a tag that moves'],
    ['dezky/operator:LTS-24', 'a tag that moves'],
    ['dezky/operator:production', 'a tag that moves'],
    ['node:24-slim', 'a tag that moves'],
    ['traefik:v3.6', 'a tag that moves'],
  ])('%s is told, with object and path', (reference, message) => {
    const broken = patched(rendered, 'Deployment', 'operator', { op: 'replace', path: image, value: reference });
    const found = violationsOf(broken, manifestRules).find(({ rule }) => rule === 'pinned-images');
    expect(found?.sentence).toMatch(/^Deployment operator: spec\.template\.spec\.containers\[0\]\.image is "/);
    expect(found?.sentence).toContain(message);
  });

  test.each(['traefik:v3.6.22', 'node:24.22.1-slim', 'rancher/k3s:v1.34.4-k3s1', `x/y:${sha}`, 'x/y:mainframe-2'])(
    '%s stays what it is',
    (reference) => expect(sentencesFor([object('Pod', { spec: { containers: [{ image: reference }] } })])).toEqual([]),
  );

  test('containers of any kind, and those that come before the others, are looked at', () => {
    const spec = {
      jobTemplate: { spec: { template: { spec: { initContainers: [{ image: 'busybox' }], containers: [{}] } } } },
    };
    expect(sentencesFor([object('CronJob', { spec })])).toEqual([
      expect.stringContaining('spec.jobTemplate.spec.template.spec.initContainers[0].image is "busybox"'),
      expect.stringContaining('spec.jobTemplate.spec.template.spec.containers[0].image is not there'),
    ]);
  });
});

describe('a release', () => {
  const released = (name: string, reference: string, objects: readonly KubeObject[]) =>
    patched(
      objects,
      'Deployment',
      name,
      { op: 'replace', path: image, value: reference },
      { op: 'replace', path: version, value: sha },
    );

  test('passes, and is told apart from another one', () => {
    const all = apps.reduce((objects, { name }) => released(name, `dezky/${name}:${sha}`, objects), [...rendered]);
    expect(sentencesFor(all)).toEqual([]);
    expect(violationsOf(all, [releasedAs(sha)])).toEqual([]);
    const others = violationsOf(rendered, [releasedAs(sha)]).map(({ object: id }) => id);
    expect(others.toSorted()).toEqual(apps.map(({ name }) => `Deployment ${name}`).toSorted());
  });

  test('an app that was not pinned with the others is told', () => {
    expect(sentencesFor(released('portal', `dezky/portal:${sha}`, rendered))).toEqual([
      expect.stringMatching(/^Deployment portal: .*image is ".*" where platform-api is "dezky\/platform-api:1\.0\.0"/),
    ]);
  });

  test('the image of another app is told', () => {
    const found = violationsOf(released('operator', `dezky/portal:${sha}`, rendered), [releasedAs(sha)]);
    const sentence = found.find(({ object: id }) => id === 'Deployment operator')?.sentence;
    expect(sentence).toContain('and so is the image of portal');
  });

  test.each(apps.flatMap(({ name }) => ['Deployment', 'Service', 'Ingress'].map((kind) => ({ kind, name }))))(
    'without its $kind, $name is named with what to write',
    ({ kind, name }) => {
      expect(violationsOf(rendered, [describedApps])).toEqual([]);
      // The Ingress that redirects plain HTTP still exists.
      const without = rendered.filter((each) => each.kind !== kind || each.metadata.name !== name);
      expect(violationsOf(without, [describedApps]).map(({ sentence }) => sentence)).toEqual([
        expect.stringMatching(`^${kind} ${name}: .* in no manifest, .* write fleet/apps/${name}.yaml`),
      ]);
    },
  );
});

describe('no-global-redirect', () => {
  test.each([
    '--entrypoints.web.http.redirections.entrypoint.to=websecure',
    '--entrypoints.web.http.middlewares=dezky-redirect-https@kubernetescrd',
  ])('the argument %s', (value) => {
    const path = `${container}/args/-`;
    expect(sentencesFor(patched(traefik, 'Deployment', 'traefik', { op: 'add', path, value }))).toEqual([
      expect.stringMatching(/^Deployment traefik: spec\.template\.spec\.containers\[0\]\.args\[\d+\] redirects on the/),
    ]);
  });

  const env = [{ name: 'TRAEFIK_ENTRYPOINTS_WEB_HTTP_REDIRECTIONS_ENTRYPOINT_TO', value: 'websecure' }];
  test.each<[string, KubeObject]>([
    ["a chart's values", object('HelmChartConfig', { spec: { valuesContent: 'ports:\n  web:\n    redirections:\n' } })],
    [
      "an older chart's",
      object('HelmChartConfig', { spec: { valuesContent: 'ports:\n  web:\n    redirectTo: {}\n' } }),
    ],
    ["a chart's settings", object('HelmChart', { spec: { set: { 'ports.web.redirectTo.port': 'websecure' } } })],
    ['a variable', object('Pod', { spec: { containers: [{ image: 'traefik:v3.6.22', env }] } })],
  ])('%s', (_, redirecting) => expect(rulesBroken([redirecting])).toEqual(['no-global-redirect']));
});

test('a host without a router on web is told, and so is an app without a budget, and Redis open to every pod', () => {
  const without = (kind: string, name: string) =>
    sentencesFor(rendered.filter((each) => each.kind !== kind || each.metadata.name !== name));
  expect(without('Ingress', 'operator-redirect')).toEqual([
    expect.stringContaining('has no router on the entry point web for operator.dezky.example'),
  ]);
  expect(without('PodDisruptionBudget', 'operator')).toEqual([
    expect.stringContaining('spec.template.metadata.labels are selected by no PodDisruptionBudget'),
  ]);
  const open = 'spec.template.metadata.labels or those of its Redis are selected by no NetworkPolicy';
  for (const name of ['apps', 'dezky-data'])
    expect(without('NetworkPolicy', name)).toContainEqual(expect.stringContaining(`Deployment operator: ${open}`));
});

test('a Secret of two hosts is told at both', () => {
  const path = '/spec/tls/0/secretName';
  expect(sentencesFor(patched(rendered, 'Ingress', 'portal', { op: 'replace', path, value: 'operator-tls' }))).toEqual([
    expect.stringContaining('Ingress operator: spec.tls[0].secretName is that of Ingress portal'),
    expect.stringContaining('Ingress portal: spec.tls[0].secretName is that of Ingress operator'),
  ]);
});

test("cert-manager's own solver does not come before itself", () => {
  const paths = [{ path: '/.well-known/acme-challenge/token', pathType: 'Exact' }];
  const solver = object('Ingress', { spec: { rules: [{ host: 'operator.dezky.example', http: { paths } }] } });
  expect(rulesBroken([...rendered, solver])).toContain('solver-reachable');
  solver.metadata.labels = { 'acme.cert-manager.io/http01-solver': 'true' };
  expect(sentencesFor([...rendered, solver])).toEqual([]);
});

test.each([
  [undefined, 'NITRO_SHUTDOWN_TIMEOUT 30 s, margin 5 s: give at least 70.'],
  ['15s', 'containers[0].env and envFrom set NITRO_SHUTDOWN_TIMEOUT to "15s"'],
  ['9999', 'set NITRO_SHUTDOWN_TIMEOUT to 9.999 s, and a request may take 10 s: give at least 10000.'],
])('a shutdown timeout of %s in the ConfigMap is told at the Deployment', (value, message) => {
  const path = '/data/NITRO_SHUTDOWN_TIMEOUT';
  const operation: Operation = value === undefined ? { op: 'remove', path } : { op: 'replace', path, value };
  const broken = patched(rendered, 'ConfigMap', 'operator-config', operation);
  expect(sentencesFor(broken)).toEqual([expect.stringContaining(message)]);
  expect(rulesBroken(broken)).toEqual(['graceful-end']);
});

describe('narrow-deployer, in the whole cluster', () => {
  const binding = (subject: { kind: string; name: string }): KubeObject[] => [
    ...rendered,
    object('ClusterRoleBinding', {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [subject],
    }),
  ];

  test.each([
    { kind: 'Group', name: 'system:serviceaccounts:dezky' },
    { kind: 'Group', name: 'system:authenticated' },
    { kind: 'User', name: 'system:serviceaccount:dezky:ci-deployer' },
  ])('$kind $name has the deployer in it', (subject) => {
    expect(sentencesFor(binding(subject))).toEqual([
      expect.stringContaining('ClusterRoleBinding extra: kind gives ci-deployer rights in every namespace'),
    ]);
  });

  test.each([
    { kind: 'Group', name: 'system:unauthenticated' },
    { kind: 'ServiceAccount', name: 'traefik' },
  ])('$kind $name has not', (subject) => expect(sentencesFor(binding(subject))).toEqual([]));
});

test('an init container is held to the same', () => {
  const value = [{ name: 'first', image: 'dezky/operator:1.0.0' }];
  const path = '/spec/template/spec/initContainers';
  // The user and the seccomp profile are set on the pod.
  expect(sentencesFor(patched(rendered, 'Deployment', 'operator', { op: 'add', path, value }))).toEqual(
    ['allowPrivilegeEscalation', 'readOnlyRootFilesystem', 'capabilities'].map((at) =>
      expect.stringContaining(`spec.template.spec.initContainers[0].securityContext.${at}`),
    ),
  );
});

test('every app has the routes that its probes ask', () => {
  const missing = apps.flatMap(({ name, sessions, health }) =>
    Object.values(health)
      .map((path) => `${sessions ? 'apps/base/server' : `apps/${name}/server/routes`}${path}.get.ts`)
      .filter((file) => !existsSync(join(repositoryRoot, file))),
  );
  expect(missing).toEqual([]);
});

test('the image of the apps is another user than root, and starts Node without a shell before it', () => {
  const lines = readFileSync(join(repositoryRoot, 'apps/Dockerfile'), 'utf8').split('\n');
  const last = (instruction: string): string =>
    lines.findLast((line) => line.startsWith(`${instruction} `))?.slice(instruction.length + 1) ?? '';
  expect(last('USER'), 'USER, by number').toMatch(/^[1-9]\d*(:\d+)?$/);
  expect(last('ENTRYPOINT'), 'ENTRYPOINT').toBe('[]');
  expect(last('CMD'), 'CMD').toMatch(/^\["node", /);
});
