import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Access } from '../../kubernetes/api.ts';
import { ofKind, type KubeObject } from '../../manifests/objects.ts';
import { clusterScoped, render } from '../../manifests/render.ts';
import { repositoryRoot } from '../../root.ts';
import { needsOf, describeNeeds } from './permissions.ts';

let manifests: KubeObject[];
let access: KubeObject[];
const folder = (path: string): Promise<KubeObject[]> => render(join(repositoryRoot, path));
beforeAll(async () => {
  manifests = [...(await folder('fleet/e2e')), ...(await folder('fleet/e2e/cluster'))];
  access = await folder('fleet/e2e/cluster/access');
});

const covers = (granted: readonly Access[], { group, resource, verb }: Access): boolean =>
  granted.some(
    (need) => need.group === group && need.verb === verb && (need.resource === resource || need.resource === '*'),
  );
/** Plural of a kind, as used by the API. */
const plural = (kind: string): string =>
  `${kind.toLowerCase()}${kind.endsWith('s') ? 'es' : 's'}`.replace(/ys$/, 'ies');

test('the account may apply every kind that the manifests hold', () => {
  const granted = needsOf(access, 'fleet-e2e-fleet');
  const objects = manifests.filter(({ kind }) => !clusterScoped.has(kind));
  const refused = objects.flatMap(({ apiVersion, kind }) =>
    ['create', 'patch'].flatMap((verb) => {
      const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
      const need = { group, resource: plural(kind), verb };
      return covers(granted, need) ? [] : describeNeeds([need]);
    }),
  );
  expect(refused).toEqual([]);
});

test('the account has every right that a Role of the manifests gives: nobody grants what he has not', () => {
  const granted = needsOf(access, 'fleet-e2e-fleet');
  const roles = ofKind(manifests, 'Role');
  expect(roles.map(({ metadata }) => metadata.name).toSorted()).toEqual(['ci-deployer', 'edge', 'traefik']);
  for (const role of roles) {
    const given = needsOf([{ ...role, kind: 'ClusterRole' }], role.metadata.name);
    expect(given.length).toBeGreaterThan(0);
    const lacking = describeNeeds(given.filter((need) => !covers(granted, need)));
    expect({ role: role.metadata.name, lacking }).toEqual({ role: role.metadata.name, lacking: [] });
  }
});

test('outside of runs’ namespaces the account reads nothing but IngressClasses, and labels no namespace', () => {
  expect(describeNeeds(needsOf(access, 'fleet-e2e-runner'))).toEqual([
    'create, get, delete namespaces',
    'get ingressclasses.networking.k8s.io',
    'create rolebindings.rbac.authorization.k8s.io',
    'create clusterrolebindings.rbac.authorization.k8s.io',
    'bind clusterroles.rbac.authorization.k8s.io "fleet-e2e-fleet"',
    'bind clusterroles.rbac.authorization.k8s.io "fleet-e2e-traefik"',
  ]);
});
