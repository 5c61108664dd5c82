import { HarnessError } from '../errors.ts';
import { isKind, type CustomResourceDefinition, type KubeObject } from '../manifests/objects.ts';
import { until } from '../until.ts';
import { statusOf, type KubernetesApi } from './api.ts';

/** Kinds to apply first, because a pod without its ConfigMap or ServiceAccount is retried only later. */
const first = new Set([
  'CustomResourceDefinition',
  'IngressClass',
  'ClusterRole',
  'Role',
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'Service',
]);
const establishedMs = 20_000;
const roleKnownMs = 5_000;
const pollIntervalMs = 50;

/** Applies objects in the order of their dependencies, each group in parallel. */
export async function applyAll(api: KubernetesApi, objects: readonly KubeObject[]): Promise<void> {
  const groups = [objects.filter(({ kind }) => first.has(kind)), objects.filter(({ kind }) => !first.has(kind))];
  for (const group of groups) {
    const applying = group.map((object) => applyOne(api, object));
    // A refusal is reported when all requests have ended, so that a rollback does not overlap with them.
    await Promise.allSettled(applying);
    for (const object of await Promise.all(applying))
      if (isKind(object, 'CustomResourceDefinition')) await established(api, object);
  }
}

/** An account without escalation rights gets "not found" until the API server knows the bound role. */
async function applyOne(api: KubernetesApi, object: KubeObject): Promise<KubeObject> {
  let refusal: Error;
  return until(
    () =>
      api.apply(object).catch((error: Error) => {
        if (object.kind !== 'RoleBinding' || statusOf(error.cause) !== 404) throw error;
        refusal = error;
        return undefined;
      }),
    { timeoutMs: roleKnownMs, intervalMs: pollIntervalMs, failure: () => refusal },
  );
}

async function established(api: KubernetesApi, crd: CustomResourceDefinition): Promise<void> {
  const { name } = crd.metadata;
  const isEstablished = async (): Promise<boolean> => {
    const { status } = await api.read<CustomResourceDefinition>(crd, name);
    return status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True') ?? false;
  };
  await until(isEstablished, {
    timeoutMs: establishedMs,
    intervalMs: pollIntervalMs,
    failure: () => new HarnessError(`${name} was not served after ${establishedMs / 1000} s. See: kubectl get crd`),
  });
}
