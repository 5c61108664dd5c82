import { join } from 'node:path';
import { CannotRunHere } from '../../errors.ts';
import { reasonOf, statusOf, undefinedWhenAbsent, type Access, type KubernetesApi } from '../../kubernetes/api.ts';
import { named, type KubeObject } from '../../manifests/objects.ts';
import { render } from '../../manifests/render.ts';
import { repositoryRoot } from '../../root.ts';
import { until } from '../../until.ts';
import { runLabel } from './objects-for-run.ts';

const accessFolder = 'fleet/e2e/cluster/access';
const fix = `A cluster administrator must grant this once: kubectl apply --server-side -k ${accessFolder}. See docs/cluster.md.`;
const fleetRole = 'fleet-e2e-fleet';
/** Permissions to create the namespace and to bind the role in it. */
const runnerRole = 'fleet-e2e-runner';
/** The API server sees a new binding by a watch and refuses requests until then. */
const grantedMs = 10_000;
const pollIntervalMs = 100;

/**
 * Checks with the API, before anything is created, each permission that the account's manifests list, and the objects
 * that all runs share. @throws CannotRunHere with one sentence that names everything that is missing.
 * @returns a function that grants the account its permissions in the run's namespace, once that exists.
 */
export async function checkPermissions(
  api: KubernetesApi,
  place: { runId: string; namespace: string },
  shown: string,
): Promise<() => Promise<void>> {
  const { namespace } = place;
  const user = await whoAmI(api, shown);
  const access = await render(join(repositoryRoot, accessFolder));
  const lacking = await api.lacking(needsOf(access, runnerRole), namespace);
  if (lacking.length > 0) {
    throw new CannotRunHere(`${user} (${shown}) may not: ${describeNeeds(lacking).join('; ')}. ${fix}`);
  }
  const absent = await absentOf(api);
  if (absent.length > 0) {
    throw new CannotRunHere(`The cluster (${shown}) lacks objects that all runs share: ${absent.join(', ')}. ${fix}`);
  }
  return async () => {
    await api.create(bindingOf(user, place));
    await waitUntilGranted(api, needsOf(access, fleetRole), namespace);
  };
}

/** Each permission that a ClusterRole of the manifests grants. */
export function needsOf(objects: readonly KubeObject[], role: string): Access[] {
  const { rules = [] } = named(objects, 'ClusterRole', role) ?? {};
  return rules.flatMap(({ apiGroups, resources, resourceNames = [undefined], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.flatMap((name) =>
          verbs.map((verb) => ({ group, resource, verb, ...(name === undefined ? {} : { name }) })),
        ),
      ),
    ),
  );
}

/** In kubectl's notation, grouped by resource: `create, patch deployments.apps`, `get pods/log`. */
export function describeNeeds(needs: readonly Access[]): string[] {
  const byObject = Object.groupBy(
    needs,
    ({ group, resource, name }) =>
      `${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` "${name}"`}`,
  );
  return Object.entries(byObject).map(([object, of = []]) => `${of.map(({ verb }) => verb).join(', ')} ${object}`);
}

async function waitUntilGranted(api: KubernetesApi, needs: readonly Access[], namespace: string): Promise<void> {
  let lacking = needs;
  const isGranted = async (): Promise<boolean> => {
    lacking = await api.lacking(needs, namespace);
    return lacking.length === 0;
  };
  await until(isGranted, {
    timeoutMs: grantedMs,
    intervalMs: pollIntervalMs,
    failure: () => {
      const list = describeNeeds(lacking).join('; ');
      return new CannotRunHere(
        `The cluster's ClusterRole ${fleetRole} does not grant in ${namespace}: ${list}. ${fix}`,
      );
    },
  });
}

async function whoAmI(api: KubernetesApi, shown: string): Promise<string> {
  try {
    const { status } = await api.authentication.createSelfSubjectReview({ body: {} });
    return status?.userInfo?.username ?? '';
  } catch (cause) {
    const why =
      statusOf(cause) === 401 ? 'does not know the user (401); get a new token or certificate' : reasonOf(cause);
    throw new CannotRunHere(
      `The cluster (${shown}) cannot be used: it ${why}. Check with: kubectl --kubeconfig "$FLEET_KUBECONFIG" --context "$FLEET_CONTEXT" auth whoami`,
      { cause },
    );
  }
}

async function absentOf(api: KubernetesApi): Promise<string[]> {
  const ingressClass = api.networking.readIngressClass({ name: 'traefik' });
  const found = await Promise.all([
    ingressClass.catch(undefinedWhenAbsent).then((its) => (its ? '' : 'IngressClass "traefik"')),
    api.read({ apiVersion: 'traefik.io/v1alpha1', kind: 'Middleware' }, 'none', 'default').then(
      () => '',
      (error: unknown) => (isUnknownKind(error) ? 'the CustomResourceDefinitions of traefik.io' : ''),
    ),
  ]);
  return found.filter((what) => what !== '');
}

/** The client looks up a kind before it requests an object. A served kind gives 403 or 404. */
const isUnknownKind = (error: unknown): boolean =>
  statusOf(error) !== 403 && /[Uu]nrecognized|404 page/.test(String((error as Error).message));

const bindingOf = (name: string, { runId, namespace }: { runId: string; namespace: string }): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: runnerRole, namespace, labels: { [runLabel]: runId } },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: fleetRole },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
});
