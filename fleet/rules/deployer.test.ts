import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../root.ts';
import { deployerName, deployNeeds, withoutAccess } from './deployer.ts';
import { named, type KubeObject, type Role } from '../manifests/objects.ts';
import { clusterScoped, render } from '../manifests/render.ts';
import { yamlDocuments } from '../manifests/yaml-documents.ts';

const rendered = await render(join(repositoryRoot, 'fleet/apps'));
const role = named(rendered, 'Role', deployerName);

/** `verb resource.group name`, one for each permission. */
const permissions = (rules: Role['rules']) =>
  rules
    .flatMap(({ apiGroups, resources, resourceNames = ['any'], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          resourceNames.flatMap((name) => verbs.map((verb) => `${verb} ${resource}.${group} ${name}`)),
        ),
      ),
    )
    .toSorted();

test('the Role grants exactly what a deploy needs, each once', () => {
  const granted = permissions(role?.rules ?? []);
  const needed = deployNeeds.map(({ group, resource, names, verbs }) => ({
    apiGroups: [group],
    resources: [resource],
    verbs: [...verbs],
    ...(names && { resourceNames: [...names] }),
  }));
  expect(granted).toEqual(permissions(needed));
  expect(new Set(granted).size).toBe(granted.length);
});

test('it holds no wildcard, nothing that reaches Secrets, no rights over rights', () => {
  const granted = permissions(role?.rules ?? []).join('\n');
  expect(granted).not.toMatch(
    /create|\*|secrets|exec|attach|portforward|token|roles|rolebindings|impersonate|escalate|bind/,
  );
});

test('nothing of it is cluster-wide, and the binding is of this account to this Role', () => {
  expect(rendered.filter(({ kind }) => clusterScoped.has(kind))).toEqual([]);
  expect(named(rendered, 'RoleBinding', deployerName)).toMatchObject({
    metadata: { namespace: 'dezky' },
    roleRef: { kind: 'Role', name: deployerName },
    subjects: [{ kind: 'ServiceAccount', name: deployerName, namespace: 'dezky' }],
  });
});

/** Kinds as named in the API server's rules. */
const resourceOf = (kind: string): string => (kind === 'Ingress' ? 'ingresses' : `${kind.toLowerCase()}s`);

test('everything that a deploy applies may be read and patched by its name', () => {
  const applied = withoutAccess(rendered);
  expect(new Set(applied.map(({ kind }) => kind)).size).toBeGreaterThan(4);
  for (const { kind, apiVersion, metadata } of applied) {
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
    const need = deployNeeds.find((each) => each.group === group && each.resource === resourceOf(kind));
    expect(need).toMatchObject({ verbs: ['get', 'patch'], names: expect.arrayContaining([metadata.name]) });
  }
});

test('the namespace refuses privileged pods, and a policy looks at what the deployer writes', () => {
  const text = readFileSync(join(repositoryRoot, 'fleet/apps/cluster.yaml'), 'utf8');
  const [namespace, policy, binding] = yamlDocuments('cluster.yaml', text) as KubeObject[];
  expect(namespace?.metadata).toMatchObject({
    name: 'dezky',
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
  });
  expect(JSON.stringify(policy?.['spec'])).toContain(`':${deployerName}'`);
  expect(binding?.['spec']).toEqual({ policyName: policy?.metadata.name, validationActions: ['Deny'] });
});
