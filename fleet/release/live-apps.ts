import { HarnessError } from '../errors.ts';
import { reasonOf, type KubernetesApi } from '../kubernetes/api.ts';
import { deploymentsIn } from '../kubernetes/pods.ts';
import { shippedApps } from '../product/images.ts';
import { versionLabel } from '../manifests/objects.ts';

/**
 * What is deployed of each app: name, revision, ready replicas, when its last rollout completed or how it goes on, and
 * image; and whether every replica of all is ready on one revision. @throws HarnessError when the cluster does not tell.
 */
export async function liveApps(api: KubernetesApi, namespace: string): Promise<{ rows: string[][]; isWell: boolean }> {
  const found = await deploymentsIn(api, namespace).catch((cause: unknown) => {
    throw new HarnessError(`The cluster does not tell: ${reasonOf(cause)}. Look at: kubectl auth whoami`, { cause });
  });
  const live = shippedApps.map(({ app }) => {
    const its = found.find(({ status }) => status.name === app);
    if (!its) return { row: [app, 'not deployed', '0/0', '', ''], complete: false };
    const {
      deployment,
      status: { ready, replicas, complete },
    } = its;
    const { metadata, spec } = deployment.spec?.template ?? {};
    const { lastUpdateTime, reason } = deployment.status?.conditions?.find(({ type }) => type === 'Progressing') ?? {};
    const since = complete ? lastUpdateTime && new Date(lastUpdateTime).toISOString() : reason;
    const revision = metadata?.labels?.[versionLabel] ?? 'no version';
    return { row: [app, revision, `${ready}/${replicas}`, since ?? '', spec?.containers[0]?.image ?? ''], complete };
  });
  const revisions = new Set(live.map(({ row }) => row[1]));
  return { rows: live.map(({ row }) => row), isWell: live.every(({ complete }) => complete) && revisions.size === 1 };
}
