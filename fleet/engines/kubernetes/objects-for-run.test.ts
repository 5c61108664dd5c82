import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { apps } from '../../../apps/environment/apps.ts';
import { dezky } from '../../product/fleet.ts';
import { images } from '../../product/images.ts';
import { applyChanges } from '../../manifests/changes.ts';
import { named, type Deployment, type KubeObject } from '../../manifests/objects.ts';
import { clusterScoped, render } from '../../manifests/render.ts';
import { repositoryRoot } from '../../root.ts';
import { routesOf } from '../shared/routes.ts';
import { appPatches, edgePatches } from './fill-in.ts';
import { objectsForRun, runLabel } from './objects-for-run.ts';

let rendered: KubeObject[];
beforeAll(async () => {
  const folders = ['fleet/e2e', 'fleet/e2e/cluster'].map((folder) => render(join(repositoryRoot, folder)));
  rendered = (await Promise.all(folders)).flat();
});

const place = {
  runId: 'run-1',
  namespace: 'fleet-run-1',
  known: images,
  images: { operator: 'dezky/operator:abc', redis: 'mirror/redis:7' },
};
const deployment = (objects: readonly KubeObject[], name: string): Deployment => {
  const found = named(objects, 'Deployment', name);
  if (!found) throw new Error(`no Deployment ${name}`);
  return found;
};

describe('objectsForRun', () => {
  test('puts everything that has a namespace into the run’s, and names it nowhere else', () => {
    const objects = objectsForRun(rendered, place);
    for (const { kind, metadata } of objects) {
      expect(metadata.namespace, `${kind} ${metadata.name}`).toBe(clusterScoped.has(kind) ? undefined : 'fleet-run-1');
    }
    expect(named(objects, 'RoleBinding', 'edge')?.subjects).toEqual([
      { kind: 'ServiceAccount', name: 'edge', namespace: 'fleet-run-1' },
    ]);
    expect(named(objects, 'Ingress', 'operator-redirect')?.metadata.annotations).toMatchObject({
      'traefik.ingress.kubernetes.io/router.middlewares': 'fleet-run-1-redirect-https@kubernetescrd',
    });
  });

  test('labels what is the run’s alone, pods included, and leaves what runs share alone', () => {
    const objects = objectsForRun(rendered, place);
    expect(deployment(objects, 'operator').spec.template.metadata.labels[runLabel]).toBe('run-1');
    expect(named(objects, 'ClusterRoleBinding', 'fleet-e2e-traefik-run-1')?.metadata.labels?.[runLabel]).toBe('run-1');
    const shared = named(objects, 'ClusterRole', 'fleet-e2e-traefik');
    expect(shared).toBeDefined();
    expect(shared?.metadata.labels).not.toHaveProperty([runLabel]);
  });

  test('runs the images of the run, and those of the manifests where it has none', () => {
    const objects = objectsForRun(rendered, place);
    const image = (name: string) => deployment(objects, name).spec.template.spec.containers[0]?.image;
    expect([image('operator'), image('dezky-data'), image('portal')]).toEqual([
      'dezky/operator:abc',
      'mirror/redis:7',
      'dezky/portal:1.0.0',
    ]);
  });

  test('runs them in a Job as well', () => {
    const operator = rendered.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'operator');
    const [job] = objectsForRun([{ ...structuredClone(operator!), kind: 'Job' }], place);
    expect(JSON.stringify(job)).toContain('"image":"dezky/operator:abc"');
  });
});

describe('what a cluster fills in', () => {
  test('the apps and Authentik, and only they, trust the run’s authority and find every host at the edge', () => {
    const patches = appPatches(rendered, dezky, '10.43.0.7');
    expect(patches.map(({ target }) => target.name).toSorted()).toEqual(
      ['authentik', ...apps.map(({ name }) => name)].toSorted(),
    );
    const { spec } = deployment(applyChanges(rendered, [{ manifests: patches }]), 'operator').spec
      .template as never as {
      spec: { hostAliases: Array<{ ip: string; hostnames: string[] }>; containers: Array<{ env: object[] }> };
    };
    expect(spec.hostAliases).toEqual([
      { ip: '10.43.0.7', hostnames: expect.arrayContaining(['auth.dezky.example', 'auth.dezky.local']) as string[] },
    ]);
    expect(spec.containers[0]?.env).toContainEqual({ name: 'NODE_EXTRA_CA_CERTS', value: '/etc/fleet/ca.pem' });
  });

  test('nothing that production applies to an app is taken away', () => {
    const filled = applyChanges(rendered, [{ manifests: appPatches(rendered, dezky, '10.43.0.7') }]);
    for (const { name } of apps) {
      const before = structuredClone(deployment(rendered, name));
      for (const container of before.spec.template.spec.containers)
        container.env = expect.arrayContaining(container.env ?? []) as object[] as [];
      expect(deployment(filled, name)).toMatchObject(before);
    }
  });

  test('the edge takes TLS for the hosts on 443', () => {
    const filled = applyChanges(rendered, [{ manifests: edgePatches(routesOf(rendered)) }]);
    expect(named(filled, 'Service', 'edge')?.spec.ports).toContainEqual({
      name: 'intercept',
      port: 443,
      targetPort: 'intercept',
    });
  });
});
