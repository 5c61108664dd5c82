import { HarnessError } from '../errors.ts';
import { reasonOf, type KubernetesApi } from '../kubernetes/api.ts';
import { deployNeeds } from '../rules/deployer.ts';
import type { KubeObject } from '../manifests/objects.ts';

/**
 * Checks with the cluster that the deploying account has all permissions to deploy these objects, so that no deploy stops
 * halfway. @throws HarnessError that names the missing permissions.
 */
export async function demandRights(
  api: KubernetesApi,
  namespace: string,
  objects: readonly KubeObject[],
): Promise<void> {
  const wanted = deployNeeds.flatMap(({ group, resource, kind, names = [''], verbs, why }) => {
    const released = objects.flatMap((object) => (object.kind === kind ? object.metadata.name : []));
    return (kind ? released : names).flatMap((name) => verbs.map((verb) => ({ group, resource, verb, why, name })));
  });
  const missing = await api.lacking(wanted, namespace).catch((cause: unknown) => {
    throw new HarnessError(
      `The permissions of the deploying account cannot be checked: ${reasonOf(cause)}. Check that the cluster answers ` +
        "and that the kubeconfig's token is valid: kubectl auth whoami",
      { cause },
    );
  });
  if (missing.length === 0) return;
  const named = missing
    .map(({ verb, resource, name, why }) => `${verb} ${resource}${name ? ` ${name}` : ''} (to ${why})`)
    .join(', ');
  throw new HarnessError(
    `Who deploys may not ${named} in the namespace ${namespace}. Nothing was applied. A cluster administrator ` +
      'can grant it with fleet/apps/ci-deployer.yaml; see fleet/README.md.',
  );
}
