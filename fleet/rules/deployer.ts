import { apps } from '../../apps/environment/apps.ts';
import type { KubeObject } from '../manifests/objects.ts';

/** Name of CI's deploy ServiceAccount, its Role, its RoleBinding and its Lease (fleet/apps/ci-deployer.yaml). */
export const deployerName = 'ci-deployer';

/** A permission as in an RBAC rule: resources by their plural, the core group is ''. */
interface Need {
  group: string;
  resource: string;
  /** Kind of the objects, when the permission is for applied objects. */
  kind?: string;
  /** The only objects that it is for. Kubernetes cannot restrict `create` so: the deployer lacks it. */
  names?: readonly string[];
  verbs: readonly string[];
  /** What a deploy uses it for. */
  why: string;
}

const appNames = apps.map(({ name }) => name);
const configMaps = appNames.map((name) => `${name}-config`);
const ingresses = appNames.flatMap((name) => [name, `${name}-redirect`]);

/** To apply objects of a kind that have these names. */
const toApply = (group: string, resource: string, kind: string, names: readonly string[]): Need => ({
  group,
  resource,
  kind,
  names,
  verbs: ['get', 'patch'],
  why: 'apply',
});

/** All permissions of a deploy, in its namespace. It needs none in other namespaces. */
export const deployNeeds: readonly Need[] = [
  toApply('', 'configmaps', 'ConfigMap', configMaps),
  toApply('', 'services', 'Service', appNames),
  toApply('apps', 'deployments', 'Deployment', appNames),
  { group: 'apps', resource: 'deployments', verbs: ['list', 'watch'], why: 'await' },
  toApply('networking.k8s.io', 'ingresses', 'Ingress', ingresses),
  toApply('policy', 'poddisruptionbudgets', 'PodDisruptionBudget', appNames),
  toApply('traefik.io', 'middlewares', 'Middleware', ['redirect-https']),
  {
    group: 'coordination.k8s.io',
    resource: 'leases',
    names: [deployerName],
    verbs: ['get', 'update'],
    why: 'hold the Lease',
  },
  { group: '', resource: 'pods', verbs: ['get', 'list'], why: 'await, tell why not' },
  { group: '', resource: 'events', verbs: ['list'], why: 'tell why not' },
  { group: '', resource: 'pods/log', verbs: ['get'], why: 'tell why not' },
];

/** One line of `kubectl auth can-i <verb> <resource> --as=system:serviceaccount:<namespace>:ci-deployer`. */
export interface CanI {
  verb: string;
  /** In kubectl's notation: `deployments.apps`, `pods/log`. */
  resource: string;
  name?: string;
  /** `own`: in the deployer's namespace. `other`: in any other one. `cluster`: with --all-namespaces. */
  where: 'own' | 'other' | 'cluster';
  allowed: boolean;
}

const named = ({ group, resource }: Need): string => (group === '' ? resource : `${resource}.${group}`);

const refusedInOwn: ReadonlyArray<[verb: string, resource: string]> = [
  // CI does not need the values of Secrets, because only the pods read them.
  ['get', 'secrets'],
  ['list', 'secrets'],
  ['create', 'secrets'],
  ['patch', 'secrets'],
  // A shell in a pod, or a new pod, would give access to the same Secrets.
  ['create', 'pods'],
  ['create', 'pods/exec'],
  ['create', 'pods/portforward'],
  ['create', 'pods/attach'],
  // Its own rights.
  ['create', 'roles.rbac.authorization.k8s.io'],
  ['patch', 'roles.rbac.authorization.k8s.io'],
  ['bind', 'roles.rbac.authorization.k8s.io'],
  ['escalate', 'roles.rbac.authorization.k8s.io'],
  ['create', 'rolebindings.rbac.authorization.k8s.io'],
  ['patch', 'rolebindings.rbac.authorization.k8s.io'],
  ['create', 'serviceaccounts/token'],
  ['impersonate', 'serviceaccounts'],
  // A release replaces objects and deletes none.
  ['delete', 'deployments.apps'],
  ['delete', 'services'],
  ['delete', 'configmaps'],
  ['delete', 'ingresses.networking.k8s.io'],
  ['delete', 'pods'],
  ['*', '*'],
];

const refusedEverywhere: ReadonlyArray<[verb: string, resource: string]> = [
  ['get', 'nodes'],
  ['list', 'namespaces'],
  ['create', 'namespaces'],
  ['create', 'clusterroles.rbac.authorization.k8s.io'],
  ['create', 'clusterrolebindings.rbac.authorization.k8s.io'],
  ['create', 'customresourcedefinitions.apiextensions.k8s.io'],
  ['list', 'secrets'],
  ['list', 'pods'],
];

/** The expected results of `kubectl auth can-i` for the deployer. */
export const canI: readonly CanI[] = [
  ...deployNeeds.flatMap((need) => {
    const resource = named(need);
    const own = need.names?.map((name) => ({ resource, name })) ?? [{ resource }];
    return [
      ...need.verbs.flatMap((verb): CanI[] => [
        ...own.map((object): CanI => ({ verb, ...object, where: 'own', allowed: true })),
        { verb, resource, where: 'other', allowed: false },
      ]),
      ...(need.names ? ['create', ...need.verbs] : []).map((verb): CanI => ({
        verb,
        resource,
        where: 'own',
        allowed: false,
      })),
    ];
  }),
  ...refusedInOwn.map(([verb, resource]): CanI => ({ verb, resource, where: 'own', allowed: false })),
  ...refusedEverywhere.map(([verb, resource]): CanI => ({ verb, resource, where: 'cluster', allowed: false })),
];

export const appliedKinds: ReadonlySet<string> = new Set(deployNeeds.flatMap(({ kind }) => kind ?? []));

const accessKinds: ReadonlySet<string> = new Set(['ServiceAccount', 'Role', 'RoleBinding', 'Lease']);

/**
 * The objects that a deploy applies. A cluster administrator applies the deployer's own access and the NetworkPolicies,
 * which protect the apps even when the deployer's token is stolen.
 */
export const withoutAccess = (objects: readonly KubeObject[]): KubeObject[] =>
  objects.filter(
    ({ kind, metadata }) => kind !== 'NetworkPolicy' && !(accessKinds.has(kind) && metadata.name === deployerName),
  );
