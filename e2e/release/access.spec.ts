import { join } from 'node:path';
import { canI } from '../../fleet/rules/deployer.ts';
import type { CanI } from '../../fleet/rules/deployer.ts';
import { trustName } from '../../fleet/engines/kubernetes/fill-in.ts';
import { readObjectsFrom } from '../../fleet/environment/read-objects.ts';
import type { KubeObject } from '../../fleet/manifests/objects.ts';
import { render } from '../../fleet/manifests/render.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { deadline } from '../deadline.ts';
import { expect, test } from '../index.ts';

test.use({ needs: ['kubernetes'] });

const places: Readonly<Record<CanI['where'], string>> = {
  own: 'in its namespace',
  other: 'in another namespace',
  cluster: 'in the whole cluster',
};

test(
  'the cluster grants the deployer what a deploy needs, and nothing else',
  { tag: ['@role-too-wide', '@role-too-narrow'] },
  async ({ deployer }) => {
    const answers = await Promise.all(canI.map(async (row) => ({ ...row, answer: await deployer.may(row) })));
    const wrong = answers.filter(({ allowed, answer }) => allowed !== answer);
    expect(
      wrong.map(
        ({ verb, resource, name, where, answer }) =>
          `${answer ? 'may' : 'may not'} ${verb} ${resource}${name ? ` ${name}` : ''} ${places[where]}`,
      ),
      'what ci-deployer may or may not do, against fleet/rules/deployer.ts',
    ).toEqual([]);
  },
);

const policy = 'dezky-ci-deployer';
const release = `${'0'.repeat(40)}@sha256:${'0'.repeat(64)}`;
const image = `dezky/operator:${release}`;
/** What is applied of the Deployment operator; the fleet's own image is tagged with no commit. */
const operator = (container: Record<string, unknown>, pod: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'operator' },
  spec: { template: { spec: { ...pod, containers: [{ name: 'operator', image, ...container }] } } },
});
const ofCore = (kind: string, name: string, fields: Record<string, unknown>): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
  ...fields,
});
const foreign = { name: 'portal-secrets' };
const middleware = (spec: Record<string, unknown>): KubeObject => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'Middleware',
  metadata: { name: 'redirect-https' },
  spec,
});
const ingress = (annotations: Record<string, string>, spec: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'operator', annotations },
  spec,
});

/** Those that keep what a release may not change are tried as the fleet has them. */
const changedByReleases: ReadonlySet<string> = new Set(['Deployment', 'Service', 'ConfigMap']);
/** With an image as a release names it. */
const pinned = (object: KubeObject): KubeObject =>
  JSON.parse(
    JSON.stringify(object).replaceAll(/"image":"dezky\/([\w-]+)[^"]*"/g, `"image":"dezky/$1:${release}"`),
  ) as KubeObject;

/** What a stolen token could try. */
const attempts: Record<string, KubeObject> = {
  'another image': operator({ image: image.replace('dezky', 'elsewhere') }),
  'a tag that can move': operator({ image: `dezky/operator:${'0'.repeat(40)}` }),
  'no commit': operator({ image: `dezky/operator:1.0.0@sha256:${'0'.repeat(64)}` }),
  'another command': operator({ command: ['node', '-e', ''] }),
  'the Secret of another app': operator({ envFrom: [{ secretRef: foreign }] }),
  'one value of it': operator({ env: [{ name: 'A', valueFrom: { secretKeyRef: { ...foreign, key: 'A' } } }] }),
  'a key of its own under another name': operator({
    env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'operator-secrets', key: 'NUXT_OIDC_TOKEN_KEY' } } }],
  }),
  'a volume of it': operator({}, { volumes: [{ name: 'a', secret: { secretName: foreign.name } }] }),
  'an account': operator({}, { serviceAccountName: 'edge' }),
  'code by NODE_OPTIONS': ofCore('ConfigMap', 'operator-config', { data: { NODE_OPTIONS: '--import=data:,' } }),
  'every cookie, by forwardAuth': middleware({ forwardAuth: { address: 'http://elsewhere.example' } }),
  'another port, by the redirect': middleware({ redirectScheme: { port: '8443' } }),
  'another middleware': ingress({ 'traefik.ingress.kubernetes.io/router.middlewares': 'kube-system-a@kubernetescrd' }),
  'another backend': ingress({}, { defaultBackend: { service: { name: 'portal', port: { number: 80 } } } }),
  'another host': ingress({}, { rules: [{ host: 'elsewhere.example' }] }),
  'a port of the nodes': ofCore('Service', 'operator', { spec: { type: 'NodePort' } }),
};

test.describe('with the admission policy', () => {
  // Cluster-wide objects need a node of its own.
  test.use({ needs: ['kubernetes', 'image-digests'] });

  test('the cluster refuses other code, Secrets, ports and routes of the deployer', async ({
    addObjects,
    deployer,
  }) => {
    const objects = await readObjectsFrom(join(repositoryRoot, 'fleet/apps/cluster.yaml'));
    const policies = objects.filter(({ kind }) => kind !== 'Namespace');
    // The pods of a fleet also mount the certificate authority of their run.
    const own = JSON.stringify(policies).replace('has(v.emptyDir)', `has(v.emptyDir) || v.name == '${trustName}'`);
    await addObjects(JSON.parse(own) as KubeObject[]);
    const [first = operator({})] = Object.values(attempts);
    // A new policy is not in force at once.
    await expect.poll(() => deployer.refusal(first), { timeout: deadline(20_000) }).toContain(policy);
    const accepted: string[] = [];
    for (const [what, attempt] of Object.entries(attempts))
      if (!(await deployer.refusal(attempt))?.includes(policy)) accepted.push(what);
    expect(accepted, 'what the policy does not refuse').toEqual([]);
    const released = (await render(join(repositoryRoot, 'fleet/apps'))).filter(({ kind }) =>
      changedByReleases.has(kind),
    );
    for (const object of [...released.map(pinned), middleware({}), ingress({})])
      expect(await deployer.refusal(object), `${object.kind} ${object.metadata.name} of a release`).toBeUndefined();
  });
});
