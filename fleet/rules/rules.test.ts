import { readFileSync } from 'node:fs';
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

const pod = '/spec/template/spec';
const container = `${pod}/containers/0`;
const image = `${container}/image`;
const version = '/spec/template/metadata/labels/app.kubernetes.io~1version';
const router = (name: string): string => `/metadata/annotations/traefik.ingress.kubernetes.io~1router.${name}`;
const spread = `${pod}/topologySpreadConstraints/0/labelSelector`;
const firstPath = '/spec/rules/0/http/paths/0/path';
const selectsOperator = { matchLabels: { 'app.kubernetes.io/name': 'operator' } };
const budget = (spec: Record<string, unknown>) => ({ selector: selectsOperator, ...spec });
const sticky = { 'traefik.ingress.kubernetes.io/service.sticky.cookie.name': 'pod' };
const secrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
const enforced = 'pod-security.kubernetes.io/enforce';
const isIn = (key: string, ...values: string[]) => ({ matchExpressions: [{ key, operator: 'In', values }] });
const sha = '4f0b1c8d2e6a9f3b5c7d1e0f2a4b6c8d0e1f3a5b';

type Row = [path: string, value: unknown, sentence: string];

/** By rule and changed object: the path, its new value (undefined: removed), and a part of the only sentence. */
const breaches: Record<string, Record<string, Row[]>> = {
  'images-kept': {
    'Deployment portal': [[`${container}/imagePullPolicy`, 'Always', 'containers[0].imagePullPolicy is Always, so']],
  },
  'one-release': {
    'Deployment portal': [[version, '0.9.0', 'labels[\'app.kubernetes.io/version\'] is "0.9.0" with the image']],
  },
  'redirects-on-web': {
    'Ingress operator-redirect': [
      [router('entrypoints'), undefined, "router.entrypoints'] is not there, so"],
      [router('entrypoints'), 'web, websecure', 'is web,websecure, so that dezky-redirect-https@kubernetescrd'],
      ['/spec/rules/0/host', undefined, 'spec.rules[0].http.paths[0] takes every host'],
    ],
    'Ingress portal': [[router('middlewares'), 'dezky-redirect-https@kubernetescrd', "entrypoints'] is websecure, so"]],
  },
  'solver-reachable': {
    'Ingress operator-redirect': [
      [router('priority'), '1000', "router.priority'] sets a priority by hand, which can come before"],
      [router('tls'), 'true', "router.tls'] demands TLS on the entry point"],
      [firstPath, '/.well-known/acme-challenge', 'spec.rules[0].http.paths[0] has the rule Host'],
      [firstPath, `/${'long/'.repeat(30)}`, "which comes before the HTTP-01 solver's"],
    ],
  },
  'https-by-redirect': {
    'Ingress portal-redirect': [
      [router('middlewares'), undefined, 'names no middleware that redirects, so portal.dezky.example is served'],
      [router('middlewares'), 'dezky-compress@kubernetescrd', 'names no middleware that redirects'],
    ],
    'Middleware redirect-https': [
      ['/spec/redirectScheme/permanent', false, 'spec.redirectScheme.permanent is false'],
      ['/spec/redirectScheme/scheme', 'http', 'spec.redirectScheme.scheme is http'],
      ['/spec/redirectScheme/port', '8443', 'spec.redirectScheme.port is 8443'],
      ['/spec/redirectRegex', { regex: '^http://(.*)' }, 'spec.redirectRegex looks at the'],
    ],
  },
  'narrow-deployer': {
    'Role ci-deployer': [
      ['/rules/3/verbs/-', 'create', 'rules[3] grants create on deployments.apps, which a deploy does not need'],
      ['/rules/3/resources', ['*'], 'rules[3] grants list, watch on *.apps'],
      ['/rules/2/resourceNames', undefined, 'rules[2] grants get, patch on deployments.apps, which'],
      ['/rules/2/resourceNames/-', 'dezky-data', 'patch on deployments.apps operator, portal, platform-api'],
      ['/rules/-', secrets, 'grants get on secrets'],
    ],
    'RoleBinding ci-deployer': [
      ['/roleRef/kind', 'ClusterRole', 'roleRef gives ci-deployer ClusterRole ci-deployer'],
      ['/roleRef/name', 'other', 'roleRef names other, a Role that is not there'],
    ],
  },
  'graceful-end': {
    'Deployment operator': [
      [`${pod}/terminationGracePeriodSeconds`, 39, 'is 39, too short for preStop 5 s, twice NITRO_SHUTDOWN_TIMEOUT'],
      [`${container}/lifecycle/preStop/sleep/seconds`, 11, 'give at least 46.'],
      [`${container}/lifecycle/preStop/sleep/seconds`, 3, 'sleep.seconds is 3, and proxies may send to the pod for'],
      [`${container}/lifecycle`, undefined, 'containers[0].lifecycle.preStop does not sleep'],
      [`${container}/env/-`, { name: 'NITRO_SHUTDOWN_TIMEOUT', value: '30000' }, 'NITRO_SHUTDOWN_TIMEOUT 30 s'],
    ],
  },
  'watched-pods': {
    'Deployment operator': [
      [`${container}/startupProbe`, undefined, 'containers[0].startupProbe is not there, so'],
      [`${container}/readinessProbe`, undefined, 'containers[0].readinessProbe is not there, so'],
      [`${container}/livenessProbe`, undefined, 'containers[0].livenessProbe is not there, so'],
      [`${container}/resources/requests/cpu`, undefined, 'containers[0].resources.requests.cpu is not there, so'],
      [`${container}/resources/requests/memory`, undefined, 'resources.requests.memory is not there, so'],
      [`${container}/resources/limits/memory`, undefined, 'resources.limits.memory is not there, so'],
    ],
  },
  'never-alone': {
    'Deployment operator': [
      ['/spec/replicas', 1, "spec.replicas is 1, so one pod's end is an outage"],
      ['/spec/replicas', undefined, 'spec.replicas is not there, so'],
      ['/spec/strategy/rollingUpdate/maxUnavailable', '50%', 'maxUnavailable is 50%'],
      ['/spec/strategy/rollingUpdate/maxUnavailable', undefined, 'is not there, so a rollout may take old pods down'],
      ['/spec/strategy', { type: 'Recreate' }, 'spec.strategy.type is Recreate'],
    ],
    'PodDisruptionBudget operator': [
      ['/spec', budget({ minAvailable: 0 }), 'spec.minAvailable is 0 of 2 replicas, so all of them may be evicted'],
      ['/spec', budget({ minAvailable: '60%' }), 'is 60% of 2 replicas, so no node can be drained'],
      ['/spec', budget({ maxUnavailable: '100%' }), 'spec.maxUnavailable is 100% of 2 replicas, so all of them'],
      ['/spec', budget({}), 'spec.maxUnavailable is 0 of 2 replicas, so no node'],
      ['/spec', budget({ minAvailable: 1, maxUnavailable: 1 }), 'spec has minAvailable and maxUnavailable'],
    ],
  },
  'rollout-deadline': {
    'Deployment portal': [
      ['/spec/progressDeadlineSeconds', undefined, 'progressDeadlineSeconds is not there, so'],
      ['/spec/progressDeadlineSeconds', 181, 'Seconds is 181, so'],
    ],
  },
  'kept-revisions': { 'Deployment portal': [['/spec/revisionHistoryLimit', 0, 'revisionHistoryLimit is 0, so']] },
  'own-environment': {
    'Deployment portal': [[`${pod}/enableServiceLinks`, undefined, 'enableServiceLinks is not there, so']],
  },
  'enough-room': {
    'Deployment portal': [
      [`${container}/resources/limits/cpu`, '50m', 'resources.limits.cpu is 50m, so the kernel stops its only thread'],
      [`${container}/resources/limits/cpu`, '0.5', 'resources.limits.cpu is 0.5, so'],
      [`${container}/resources/limits/memory`, '255Mi', 'is 255Mi, so a pod that serves requests is killed'],
      [`${container}/resources/limits/memory`, '268000000', 'is 268000000, so'],
      [`${container}/resources/limits/memory`, '0.1Gi', 'is 0.1Gi, so'],
    ],
  },
  'probe-values': {
    'Deployment operator': [
      [`${container}/readinessProbe/httpGet/path`, '/api/_health/live', 'is /api/_health/live, so a pod that cannot'],
      [`${container}/readinessProbe/httpGet/path`, undefined, 'readinessProbe.httpGet.path is not there, so a pod'],
      [`${container}/livenessProbe/httpGet/path`, '/api/_health/ready', 'so an outage of Redis restarts every pod'],
      [`${container}/readinessProbe/httpGet/port`, 'https', 'httpGet.port is https, no port of the container'],
      [`${container}/startupProbe/failureThreshold`, 5, 'periodSeconds is 1, so it acts after 5 s, not 30 to 180'],
      [`${container}/startupProbe/failureThreshold`, 600, 'so it acts after 600 s, not 30 to 180'],
      [`${container}/readinessProbe/failureThreshold`, 30, 'so it acts after 60 s, not 2 to 10'],
      [`${container}/readinessProbe/failureThreshold`, 1, 'failureThreshold is 1, so one slow answer is enough'],
      [`${container}/readinessProbe/periodSeconds`, undefined, 'so it acts after 20 s, not 2 to 10'],
      [`${container}/livenessProbe/periodSeconds`, 1, 'so it acts after 3 s, not 20 to 60'],
      [`${container}/readinessProbe/timeoutSeconds`, undefined, 'readinessProbe.timeoutSeconds is not there, so'],
      [`${container}/livenessProbe/timeoutSeconds`, 30, 'livenessProbe.timeoutSeconds is 30, so'],
    ],
  },
  'hardened-pods': {
    'Deployment operator': [
      [`${pod}/securityContext/runAsNonRoot`, undefined, 'securityContext.runAsNonRoot is not there, so it may run'],
      [`${container}/securityContext/runAsNonRoot`, false, 'runAsNonRoot is false, so it may run as root'],
      [`${pod}/securityContext/runAsUser`, 0, 'runAsUser is 0, which is root'],
      [`${container}/securityContext/privileged`, true, 'privileged is true'],
      [`${container}/securityContext/allowPrivilegeEscalation`, undefined, 'allowPrivilegeEscalation is not there'],
      [`${container}/securityContext/readOnlyRootFilesystem`, false, 'readOnlyRootFilesystem is false'],
      [`${container}/securityContext/capabilities`, undefined, 'capabilities.drop is not there'],
      [`${container}/securityContext/capabilities/add`, ['NET_ADMIN'], 'capabilities.add is ["NET_ADMIN"]'],
      [`${pod}/securityContext/seccompProfile`, undefined, 'seccompProfile.type is not there'],
      [`${pod}/automountServiceAccountToken`, undefined, 'automountServiceAccountToken is not there, so'],
    ],
  },
  'closed-ports': {
    'NetworkPolicy dezky-data': [
      ['/spec/ingress/0/from', undefined, 'spec.ingress[0].from is not there, so everybody'],
      ['/spec/ingress/0/ports/0/port', 6380, 'keeps the apps from port 6379 of dezky-data'],
      ['/spec/ingress/0/from', [{ podSelector: {} }], 'from[0] lets in every pod of the namespace to port 6379 of'],
      ['/spec/ingress/0/from/1', { namespaceSelector: {} }, 'from[1] lets in Traefik, Prometheus, every pod of the'],
      ['/spec/ingress/0/from/1', { ipBlock: { cidr: '10.0.0.0/8' } }, 'from[1] lets in Traefik, Prometheus, every'],
      ['/spec/ingress/0/from/1', { ipBlock: { cidr: '10.42.3.0/24' } }, 'from[1] lets in Traefik, Prometheus, every'],
      [
        '/spec/ingress/0/from/1',
        { namespaceSelector: { matchExpressions: [{ key: enforced, operator: 'Exists' }] } },
        `from[1] lets in {"namespaceSelector":{"matchExpressions":[{"key":"${enforced}","operator":"Exists"}]}} to port 6379`,
      ],
      [
        '/spec/ingress/0/from/1',
        { podSelector: { matchLabels: { component: 'backup' } } },
        'from[1] lets in {"podSelector":{"matchLabels":{"component":"backup"}}} to port 6379 of dezky-data: name',
      ],
    ],
    'NetworkPolicy platform-api': [
      ['/spec/ingress/0/from/1', { podSelector: {}, namespaceSelector: {} }, 'from[1] lets in Prometheus, every pod'],
      ['/spec/ingress/0/ports', undefined, 'from[0] lets in the apps to port 9464 of platform-api: name'],
    ],
    'NetworkPolicy apps': [
      ['/spec/ingress/1/from', [], 'spec.ingress[1].from is not there'],
      ['/spec/ingress/0/from/0/podSelector', undefined, 'from[0] lets in every pod of kube-system to port 3000 of'],
      ['/spec/ingress/0/from/0/namespaceSelector', {}, 'pods of other namespaces that are labelled as Traefik to'],
      ['/spec/ingress/0/ports/1', { port: 9000, endPort: 9999 }, 'from[0] lets in Traefik to port 9464 of operator,'],
      ['/spec/ingress/1/from/0/namespaceSelector', {}, 'from[0] lets in the apps, Traefik, every pod of the names'],
    ],
  },
  'lasting-selectors': {
    'Service portal': [['/spec/selector/app.kubernetes.io~1version', '1.0.0', 'so it leads to no pod until a release']],
    'PodDisruptionBudget portal': [
      ['/spec/selector/matchLabels/app.kubernetes.io~1version', '1.0.0', 'so it keeps no pod of a release'],
    ],
    'Deployment portal': [
      ['/spec/selector/matchLabels/app.kubernetes.io~1version', '1.0.0', 'Kubernetes refuses every change of it'],
    ],
  },
  'own-pods': {
    'Service portal': [
      [
        '/spec/selector',
        { 'app.kubernetes.io/part-of': 'dezky' },
        'selects the pods of operator, platform-api, portal',
      ],
      ['/spec/internalTrafficPolicy', 'Local', 'is Local, so it leads nowhere on a node without a pod'],
      ['/spec/publishNotReadyAddresses', true, 'is true, so requests reach pods that cannot answer them'],
      ['/spec/ports/0/targetPort', 'metrics', 'spec.ports[0] leads to the metrics of pods'],
    ],
    'Deployment portal': [
      [spread, selectsOperator, 'topologySpreadConstraints[0].labelSelector does not match the pods themselves'],
      [spread, undefined, 'labelSelector does not match the pods themselves'],
    ],
  },
  'own-certificate': {
    'Ingress portal': [
      ['/spec/tls/0/hosts', ['mail.dezky.example'], 'spec.tls does not name portal.dezky.example'],
      ['/spec/tls/0/hosts', ['*.portal.dezky.example'], 'spec.tls does not name portal.dezky.example'],
    ],
  },
  'balanced-requests': {
    'Service portal': [
      ['/metadata/annotations', sticky, 'sticky.cookie.name\'] is "pod": requests would stick to one pod, which hides'],
      ['/spec/sessionAffinity', 'ClientIP', 'spec.sessionAffinity is ClientIP: requests would stick'],
    ],
    'Ingress portal': [
      ['/metadata/annotations/nginx.ingress.kubernetes.io~1affinity', 'cookie', '/affinity\'] is "cookie"'],
    ],
  },
};

const changes = Object.entries(breaches).flatMap(([rule, objects]) =>
  Object.entries(objects).flatMap(([which, rows]) =>
    rows.map(([path, value, sentence]) => ({ rule, which, path, value, sentence })),
  ),
);

test.each(changes)('$rule, $which: $path = $value', ({ rule, which, path, value, sentence }) => {
  const [kind = '', name = ''] = which.split(' ');
  const operation: Operation = value === undefined ? { op: 'remove', path } : { op: 'add', path, value };
  const broken = patched(rendered, kind, name, operation);
  expect(rulesBroken(broken)).toEqual([rule]);
  expect(sentencesFor(broken)).toEqual([expect.stringContaining(sentence)]);
  expect(sentencesFor(broken)[0]).toMatch(`${which}: `);
});

test.each<[string, string, string, unknown]>([
  ['a wildcard certificate', 'Ingress portal', '/spec/tls/0/hosts', ['*.dezky.example']],
  ['a container port by its number', 'Deployment operator', `${container}/readinessProbe/httpGet/port`, 3000],
  ['a core', 'Deployment portal', `${container}/resources/limits/cpu`, '2000m'],
  ['memory in another unit', 'Deployment portal', `${container}/resources/limits/memory`, '1G'],
  ['a budget in percent', 'PodDisruptionBudget operator', '/spec', budget({ minAvailable: '50%' })],
  ['no affinity by name', 'Service portal', '/spec/sessionAffinity', 'None'],
  [
    'a peer by an expression',
    'NetworkPolicy dezky-data',
    '/spec/ingress/0/from/0/podSelector',
    isIn('app.kubernetes.io/part-of', 'dezky'),
  ],
  [
    'the apps by their names',
    'NetworkPolicy dezky-data',
    '/spec/ingress/0/from/0/podSelector',
    isIn('app.kubernetes.io/name', 'operator', 'portal'),
  ],
  [
    'fewer pods of a namespace',
    'NetworkPolicy apps',
    '/spec/ingress/1/from/0/podSelector',
    { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
  ],
])('%s breaks no rule', (_, which, path, value) => {
  const [kind = '', name = ''] = which.split(' ');
  expect(sentencesFor(patched(rendered, kind, name, { op: 'add', path, value }))).toEqual([]);
});

test('a peer of a namespace that nobody needs is named, and who is kept out by it', () => {
  const namespace = '/spec/ingress/0/from/0/namespaceSelector/matchLabels/kubernetes.io~1metadata.name';
  const broken = patched(rendered, 'NetworkPolicy', 'apps', { op: 'add', path: namespace, value: 'traefik' });
  expect(sentencesFor(broken)).toEqual([
    expect.stringContaining(
      'from[0] lets in {"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"traefik"',
    ),
    expect.stringContaining('spec.ingress keeps Traefik from port 3000 of'),
  ]);
});

test('a container has of its pod what Kubernetes lets it inherit, and no more', () => {
  const moved = patched(
    rendered,
    'Deployment',
    'portal',
    { op: 'add', path: `${pod}/securityContext/allowPrivilegeEscalation`, value: false },
    { op: 'remove', path: `${container}/securityContext/allowPrivilegeEscalation` },
  );
  expect(sentencesFor(moved)).toEqual([expect.stringContaining('allowPrivilegeEscalation is not there')]);
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

  test('the image of an init container is of the release as well', () => {
    const all = apps.reduce((objects, { name }) => released(name, `dezky/${name}:${sha}`, objects), [...rendered]);
    const old = [{ name: 'migrate', image: 'dezky/portal:0.0.1' }];
    const objects = patched(all, 'Deployment', 'portal', { op: 'add', path: `${pod}/initContainers`, value: old });
    expect(violationsOf(objects, [releasedAs(sha)])).toMatchObject([{ object: 'Deployment portal' }]);
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

test('a host without a router on web is told, and so is an app without a budget', () => {
  const without = (kind: string, name: string) =>
    sentencesFor(rendered.filter((each) => each.kind !== kind || each.metadata.name !== name));
  expect(without('Ingress', 'operator-redirect')).toEqual([
    expect.stringContaining('has no router on the entry point web for operator.dezky.example'),
  ]);
  expect(without('PodDisruptionBudget', 'operator')).toEqual([
    expect.stringContaining('spec.template.metadata.labels are selected by no PodDisruptionBudget'),
  ]);
});

describe('a NetworkPolicy', () => {
  const selectedByNone = 'spec.template.metadata.labels or those of its Redis are selected by no NetworkPolicy';
  /** What is told of each when it does not close its pods. Those of platform-api are closed by that of the apps as well. */
  const told: Record<string, string> = {
    apps: `Deployment operator: ${selectedByNone}`,
    'platform-api': 'NetworkPolicy apps: spec.ingress keeps the apps from port 3000 of platform-api',
    'dezky-data': `Deployment operator: ${selectedByNone}`,
  };
  const names = [...apps.map(({ name }) => name), 'dezky-data'];
  const has = (operator: string, values?: string[], key = 'app.kubernetes.io/name') => ({ key, operator, values });
  const selecting = (...expressions: unknown[]): Operation => ({
    op: 'add',
    path: '/spec/podSelector/matchExpressions',
    value: expressions,
  });
  const ofPolicies = (rows: Record<string, Operation>) =>
    Object.entries(rows).flatMap(([what, operation]) =>
      Object.keys(told).map((policy) => ({ what, policy, operation })),
    );

  test.each(Object.keys(told))('%s that is not there is told', (policy) => {
    const without = rendered.filter(({ kind, metadata }) => kind !== 'NetworkPolicy' || metadata.name !== policy);
    expect(sentencesFor(without)).toContainEqual(expect.stringContaining(told[policy]!));
  });

  test.each(
    ofPolicies({
      'for Egress alone': { op: 'replace', path: '/spec/policyTypes', value: ['Egress'] },
      'of another namespace': { op: 'replace', path: '/metadata/namespace', value: 'elsewhere' },
      'for other names': selecting(has('In', ['another'])),
      'for all names but these': selecting(has('NotIn', names)),
      'for a label that no pod has': selecting(has('Exists', undefined, 'none')),
      'for pods without a name': selecting(has('DoesNotExist')),
      'with one of two expressions that does not match': selecting(has('Exists'), has('In', ['another'])),
      'with an operator that is not known': selecting(has('Like', names)),
    }),
  )('$policy $what does not close its pods', ({ policy, operation }) => {
    expect(sentencesFor(patched(rendered, 'NetworkPolicy', policy, operation))).toContainEqual(
      expect.stringContaining(told[policy]!),
    );
  });

  test.each(
    ofPolicies({
      'without types': { op: 'remove', path: '/spec/policyTypes' },
      'for both types': { op: 'replace', path: '/spec/policyTypes', value: ['Egress', 'Ingress'] },
      'for these names': selecting(has('In', names)),
      'for all names but another': selecting(has('NotIn', ['another'])),
      'for pods with a name': selecting(has('Exists')),
      'for pods without a label that none has': selecting(has('DoesNotExist', undefined, 'none')),
    }),
  )('$policy $what closes its pods', ({ policy, operation }) =>
    expect(sentencesFor(patched(rendered, 'NetworkPolicy', policy, operation))).toEqual([]),
  );
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
    ['allowPrivilegeEscalation', 'readOnlyRootFilesystem', 'capabilities.drop'].map((at) =>
      expect.stringContaining(`spec.template.spec.initContainers[0].securityContext.${at}`),
    ),
  );
});

test('the image of the apps is another user than root, and starts Node without a shell before it', () => {
  const lines = readFileSync(join(repositoryRoot, 'apps/Dockerfile'), 'utf8').split('\n');
  const last = (instruction: string): string =>
    lines.findLast((line) => line.startsWith(`${instruction} `))?.slice(instruction.length + 1) ?? '';
  expect(last('USER'), 'USER, by number').toMatch(/^[1-9]\d*(:\d+)?$/);
  expect(last('ENTRYPOINT'), 'ENTRYPOINT').toBe('[]');
  expect(last('CMD'), 'CMD').toMatch(/^\["node", /);
});
