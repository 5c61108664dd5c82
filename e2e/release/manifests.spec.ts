import { apps } from '../../apps/environment/apps.ts';
import { checkEnvironment } from '../../fleet/environment/check-environment.ts';
import { checkSecrets } from '../../fleet/environment/check-secrets.ts';
import type { ConfigurationFinding } from '../../fleet/environment/value-faults.ts';
import { givenEnvironmentOf } from '../../fleet/environment/agreement.ts';
import { publicValues } from '../../fleet/environment/e2e-secrets.ts';
import { manifestRules } from '../../fleet/rules/rules.ts';
import { violationsOf } from '../../fleet/manifests/rule.ts';
import { sourceValues } from '../../fleet/manifests/variables.ts';
import { idOf, isKind } from '../../fleet/manifests/objects.ts';
import type { KubeObject } from '../../fleet/manifests/objects.ts';
import { expect, test } from '../index.ts';
import { shows } from '../requirements/requirements.ts';

interface Claim {
  title: string;
  rules: readonly string[];
  tag: string[];
  annotation?: ReturnType<typeof shows>;
}

/** The manifest rules by purpose. Rules that are not listed are in the last group. */
const claims: readonly Claim[] = [
  {
    title: 'every image is pinned and cached on its node, and all apps have the same release',
    rules: ['pinned-images', 'images-kept', 'one-release'],
    tag: ['@unpinned-tag', '@one-app-not-released'],
  },
  {
    title: 'the routers of the apps redirect to https, and no rule takes precedence over the HTTP-01 solver',
    rules: ['no-global-redirect', 'redirects-on-web', 'solver-reachable'],
    tag: ['@global-redirect', '@acme-challenge-redirected'],
  },
  {
    title: 'every host redirects http to https, and trusts X-Forwarded-Proto only from the proxy in front',
    rules: ['https-by-redirect'],
    tag: ['@no-https-redirect', '@redirect-loop-behind-proxy'],
  },
  {
    title: 'no Service and no router has sticky sessions',
    rules: ['balanced-requests'],
    tag: ['@sticky-ingress', '@service-affinity'],
  },
  {
    title: 'every Service selects one app in every release, and every host has its own certificate',
    rules: ['own-pods', 'lasting-selectors', 'own-certificate'],
    tag: ['@service-selects-all-apps', '@service-selects-one-release', '@service-leads-to-metrics'],
  },
  {
    title: 'Redis, platform-api and the metrics let in those who need them, and nobody else',
    rules: ['closed-ports'],
    tag: [
      '@redis-open-to-the-namespace',
      '@redis-open-to-labelled-namespaces',
      '@redis-policy-of-egress',
      '@metrics-open-to-every-namespace',
      '@ingress-kept-out',
    ],
    annotation: shows('RFC 9700 4.13 channel'),
  },
  {
    title: 'every probe uses an endpoint that the app serves, with thresholds that are neither too slow nor too eager',
    rules: ['probe-values'],
    tag: [],
  },
  {
    title: 'the role of the deployer allows what a deploy needs, and no more',
    rules: ['narrow-deployer'],
    tag: ['@role-too-wide'],
  },
];
const named = new Set(claims.flatMap(({ rules }) => rules));
const others: Claim = {
  title: 'apps have several pods, probes and a graceful termination',
  rules: manifestRules.map(({ name }) => name).filter((name) => !named.has(name)),
  tag: [
    '@replicas-1',
    '@no-pre-stop',
    '@platform-api-pods-removed-first',
    '@old-pods-removed-first',
    '@pre-stop-too-short',
    '@pdb-blocks-drain',
  ],
};

for (const { title, rules, tag, annotation = [] } of [...claims, others]) {
  test(title, { tag, annotation }, ({ manifests }) => {
    expect(manifests.length, 'objects that the fleet was started from').toBeGreaterThan(0);
    const checked = manifestRules.filter(({ name }) => rules.includes(name));
    expect(checked, 'rules of that name').toHaveLength(rules.length);
    expect(
      violationsOf(manifests, checked).map(({ sentence }) => sentence),
      'what must not be deployed',
    ).toEqual([]);
  });
}

test(
  'every app gets all settings that it reads, of one environment and without placeholders',
  { tag: ['@wrong-auth-url', '@secret-placeholder-shipped'] },
  async ({ authentikServer, manifests }) => {
    const { findings, checked, notGiven } = checkEnvironment(manifests);
    expect(checked.toSorted(), 'Deployments that were checked').toEqual(apps.map(({ name }) => name).toSorted());
    expect(notGiven, 'Secrets and ConfigMaps that could not be checked').toEqual([]);
    const known = new Set(publicValues());
    // The user of the suite has chosen the API token of a real server.
    if (authentikServer) known.add(authentikServer.token);
    const faults = [...findings, ...checkSecrets(manifests, new Set())].filter(
      (finding) => !known.has(valueOf(manifests, finding) ?? ''),
    );
    expect(
      faults.map(({ sentence }) => sentence),
      'what production would refuse, save the values that every e2e fleet has',
    ).toEqual([]);
  },
);

/** The value that a finding concerns. */
function valueOf(objects: readonly KubeObject[], { object, variable = '' }: ConfigurationFinding): string | undefined {
  const found = objects.find((candidate) => idOf(candidate) === object);
  if (!found) return undefined;
  const values = isKind(found, 'Deployment') ? givenEnvironmentOf(found, objects).values : sourceValues(found);
  const held = values.get(variable);
  return held && 'value' in held ? held.value : undefined;
}
