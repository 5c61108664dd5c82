import { setTimeout as delay } from 'node:timers/promises';
import { HarnessError } from '../errors.ts';
import { isKind } from '../manifests/objects.ts';
import type { CustomResourceDefinition, KubeObject } from '../manifests/objects.ts';
import { statusOf } from './api.ts';
import type { KubernetesApi } from './api.ts';

/** Kinds to apply first: a pod without its ConfigMap or ServiceAccount is retried only later. */
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

/** Applies objects in the order of their dependencies, each group in parallel. */
export async function applyAll(api: KubernetesApi, objects: readonly KubeObject[]): Promise<void> {
  const groups = [objects.filter(({ kind }) => first.has(kind)), objects.filter(({ kind }) => !first.has(kind))];
  for (const group of groups) {
    const results = await Promise.allSettled(group.map((object) => applyOne(api, object)));
    // Reported when all requests have ended, so that a rollback is not overtaken.
    const refused = results.find((result) => result.status === 'rejected');
    if (refused) throw refused.reason as Error;
    const applied = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    for (const object of applied) if (isKind(object, 'CustomResourceDefinition')) await established(api, object);
  }
}

/** An account without escalation rights gets "not found" until the API server has seen the bound role. */
async function applyOne(api: KubernetesApi, object: KubeObject): Promise<KubeObject> {
  const deadline = Date.now() + roleKnownMs;
  for (;;) {
    try {
      return await api.apply(object);
    } catch (error) {
      const isEarly = object.kind === 'RoleBinding' && statusOf((error as Error).cause) === 404;
      if (!isEarly || Date.now() > deadline) throw error;
      await delay(50);
    }
  }
}

async function established(api: KubernetesApi, crd: CustomResourceDefinition): Promise<void> {
  const deadline = Date.now() + establishedMs;
  for (let current = crd; ; current = await api.read<CustomResourceDefinition>(crd, crd.metadata.name)) {
    if (current.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True')) return;
    if (Date.now() > deadline) {
      throw new HarnessError(
        `${crd.metadata.name} was not served after ${establishedMs / 1000} s. See: kubectl get crd`,
      );
    }
    await delay(50);
  }
}
