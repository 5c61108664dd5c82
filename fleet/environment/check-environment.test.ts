import { join } from 'node:path';
import type { Operation } from 'rfc6902';
import { describe, expect, test } from 'vitest';
import { apps } from '../../apps/environment/apps.ts';
import { ofKind } from '../manifests/objects.ts';
import type { Change } from '../manifests/change.ts';
import { applyChanges } from '../manifests/changes.ts';
import { render } from '../manifests/render.ts';
import { repositoryRoot } from '../root.ts';
import { checkEnvironment } from './check-environment.ts';
import { publicValues } from './e2e-secrets.ts';
import { filledSecrets } from './testing.ts';

const rendered = await render(join(repositoryRoot, 'fleet/apps'));
/** The Deployments, in the order of the manifests. */
const deployed = ofKind(rendered, 'Deployment').map(({ metadata }) => metadata.name);
const whole = [...rendered, ...filledSecrets()];
const sentencesFor = (change: Change, objects = whole): string[] =>
  checkEnvironment(applyChanges(objects, [change])).findings.map(({ sentence }) => sentence);
const patch = (kind: string, name: string, ...operations: Operation[]): Change => ({
  manifests: [{ target: { kind, name }, patch: operations }],
});

/** A key of a ConfigMap or Secret with another value. */
const set = (kind: 'ConfigMap' | 'Secret', name: string, key: string, value: string): Change =>
  patch(kind, name, { op: 'add', path: `/${kind === 'Secret' ? 'stringData' : 'data'}/${key}`, value });

test('what production applies, with its Secrets, is complete', () => {
  expect(deployed.toSorted()).toEqual(apps.map(({ name }) => name).toSorted());
  expect(checkEnvironment(whole, { publicValues: new Set() })).toEqual({
    findings: [],
    checked: deployed,
    notGiven: [],
  });
});

test('the e2e fleet starts, and its public secrets are refused for production', async () => {
  const e2e = await render(join(repositoryRoot, 'fleet/e2e'));
  expect(checkEnvironment(e2e, { stage: 'start' }).findings).toEqual([]);
  const { findings } = checkEnvironment(e2e, { publicValues: publicValues() });
  expect(findings.length).toBeGreaterThan(10);
  expect(findings.map(({ variable }) => variable)).toContain('NUXT_OIDC_TOKEN_KEY');
  for (const { sentence } of findings) expect(sentence).toMatch(/is a placeholder|which everybody can read/);
});

test('a variable can refer to a key of a ConfigMap or a Secret, and envFrom can have a prefix', () => {
  const entry = (ref: object, name = 'SESSION_REDIS_URL') => ({ name, valueFrom: ref });
  const add = (path: string, value: object) =>
    patch('Deployment', 'operator', { op: 'add', path: `/spec/template/spec/containers/0/${path}/-`, value });
  const config = { configMapKeyRef: { name: 'operator-config', key: 'NUXT_PUBLIC_AUTH_URL' } };
  expect(sentencesFor(add('env', entry(config)))).toEqual([
    'Deployment operator: SESSION_REDIS_URL has the scheme https: it must be redis or rediss.',
    expect.stringContaining('SESSION_REDIS_URL is a secret and comes from ConfigMap operator-config, where everybody'),
  ]);
  const own = { secretKeyRef: { name: 'operator-secrets', key: 'SESSION_REDIS_URL' } };
  expect(sentencesFor(add('env', entry(own)))).toEqual([]);
  const secret = { secretKeyRef: { name: 'absent', key: 'a' } };
  const twice = [...applyChanges(whole, [add('env', entry(secret)), add('env', entry(secret, 'OTHER'))])];
  expect(checkEnvironment(twice)).toMatchObject({ notGiven: ['Secret absent'] });
  expect(sentencesFor(add('envFrom', { prefix: 'X_', secretRef: { name: 'operator-secrets' } })).join()).toMatch(
    /X_NUXT_OIDC/,
  );
});

describe('a fault is told by Deployment and variable', () => {
  test.each<[string, Change, string]>([
    [
      'a value of a Secret that is wrong',
      set('Secret', 'operator-secrets', 'SESSION_REDIS_URL', 'http://x'),
      'Deployment operator: SESSION_REDIS_URL has the scheme http: it must be redis or rediss.',
    ],
    [
      'a Secret that holds a placeholder',
      set('Secret', 'portal-secrets', 'NUXT_OIDC_PROVIDERS_OIDC_CLIENT_SECRET', 'CHANGE_ME'),
      'Deployment portal: NUXT_OIDC_PROVIDERS_OIDC_CLIENT_SECRET is a placeholder: put the real value there.',
    ],
    [
      'an upstream with a token and no URL',
      set('Secret', 'platform-api-secrets', 'OCIS_TOKEN', 'k'.repeat(40)),
      'Deployment platform-api: OCIS_URL is not set although OCIS_TOKEN is: set both, or neither to do without ocis.',
    ],
    [
      'a misspelt variable',
      { env: [{ deployment: 'operator', name: 'SESSION_REDIS_ULR', value: 'redis://x' }] },
      'Deployment operator: SESSION_REDIS_ULR (env) is nothing that the app reads: correct its name, or declare it in apps/environment.',
    ],
    [
      'another port than that of the Service and the probes',
      set('ConfigMap', 'portal-config', 'PORT', '8080'),
      'Deployment portal: PORT (ConfigMap portal-config) changes where the app listens, and its Service and its probes do not know: remove it.',
    ],
    [
      'a secret in a ConfigMap',
      set('ConfigMap', 'platform-api-upstreams', 'OCIS_TOKEN', ''),
      'Deployment platform-api: OCIS_TOKEN is a secret and comes from ConfigMap platform-api-upstreams, where everybody can read it: move it to a Secret.',
    ],
    [
      'a pod that does not say which release it is',
      { env: [{ deployment: 'portal', name: 'REVISION', value: null }] },
      'Deployment portal: REVISION is not set.',
    ],
    [
      'an issuer of another environment',
      set('ConfigMap', 'platform-api-config', 'AUTH_URL', 'https://auth.other.example'),
      'Deployment platform-api: AUTH_URL names auth.other.example, but NUXT_PUBLIC_AUTH_URL of operator names auth.dezky.example: signing in at one is not signing in at the other.',
    ],
    [
      'an own URL that no Ingress serves',
      set('ConfigMap', 'portal-config', 'NUXT_PUBLIC_PORTAL_URL', 'https://my.dezky.example'),
      'Deployment portal: NUXT_PUBLIC_PORTAL_URL names my.dezky.example, but its Ingress serves portal.dezky.example: nobody would come back to it.',
    ],
    [
      'platform-api by its public host',
      set('ConfigMap', 'operator-config', 'NUXT_PLATFORM_API_URL', 'https://api.dezky.example'),
      'Deployment operator: NUXT_PLATFORM_API_URL names api.dezky.example, which is no Service here: requests would leave the cluster, and fail with its ingress or its DNS.',
    ],
    [
      'a ConfigMap that is not rendered',
      patch('Deployment', 'operator', {
        op: 'replace',
        path: '/spec/template/spec/containers/0/envFrom/0/configMapRef/name',
        value: 'operator-configuration',
      }),
      'Deployment operator: ConfigMap operator-configuration is not there, so that no pod of it would start.',
    ],
  ])('%s', (_, change, sentence) => {
    expect(sentencesFor(change)).toContain(sentence);
  });

  test.each(['http://platform-api:80', 'http://platform-api.dezky.svc.cluster.local'])(
    '%s is platform-api in the cluster',
    (url) => {
      const change = set('ConfigMap', 'portal-config', 'NUXT_PLATFORM_API_URL', url);
      expect(sentencesFor(change)).toEqual([]);
    },
  );
});
