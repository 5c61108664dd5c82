import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../root.ts';
import { canI, deployerName, deployNeeds, withoutAccess } from './deployer.ts';
import { named } from './objects.ts';
import { clusterScoped, render } from './render.ts';

const rendered = await render(join(repositoryRoot, 'fleet/apps'));
const role = named(rendered, 'Role', deployerName);

/** `verb resource.group`, one for each permission. */
const permissions = (
  rules: ReadonlyArray<{ apiGroups: readonly string[]; resources: readonly string[]; verbs: readonly string[] }>,
) =>
  rules
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${group}`)),
      ),
    )
    .toSorted();

test('the Role grants exactly what a deploy needs, each once', () => {
  const granted = permissions(role?.rules ?? []);
  const needed = deployNeeds.map(({ group, resource, verbs }) => ({
    apiGroups: [group],
    resources: [resource],
    verbs,
  }));
  expect(granted).toEqual(permissions(needed));
  expect(new Set(granted).size).toBe(granted.length);
});

test('it holds no wildcard, nothing that reaches Secrets, no rights over rights', () => {
  const granted = permissions(role?.rules ?? []).join('\n');
  expect(granted).not.toMatch(/\*|secrets|exec|attach|portforward|token|roles|rolebindings|impersonate|escalate|bind/);
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

test('everything that a deploy applies may be read, created and patched', () => {
  const applied = withoutAccess(rendered);
  expect(new Set(applied.map(({ kind }) => kind)).size).toBeGreaterThan(4);
  for (const { kind, apiVersion } of applied) {
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
    const need = deployNeeds.find((candidate) => candidate.group === group && candidate.resource === resourceOf(kind));
    expect({ kind, verbs: need?.verbs }).toEqual({ kind, verbs: expect.arrayContaining(['get', 'create', 'patch']) });
  }
});

test('the can-i table allows what is needed in the own namespace and nothing anywhere else', () => {
  const allowed = canI.filter((row) => row.allowed);
  expect(allowed).toHaveLength(deployNeeds.flatMap(({ verbs }) => verbs).length);
  expect(new Set(allowed.map(({ where }) => where))).toEqual(new Set(['own']));
  const keys = canI.map(({ verb, resource, where }) => `${verb} ${resource} ${where}`);
  expect(new Set(keys).size).toBe(keys.length);
});
