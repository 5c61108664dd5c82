import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import { nameLabel, versionLabel } from '../manifests/objects.ts';
import type { DeploymentStatus, Pod, PodPhase } from '../manifests/status.ts';
import type { KubernetesApi } from './api.ts';

export const isReady = (pod: V1Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

export const deploymentOf = (pod: V1Pod): string => pod.metadata?.labels?.[nameLabel] ?? '';

export function viewOf(pod: V1Pod): Pod {
  const { metadata, status } = pod;
  const container = status?.containerStatuses?.[0];
  const ended = container?.state?.terminated ?? container?.lastState?.terminated;
  return {
    name: metadata?.name ?? '',
    deployment: deploymentOf(pod),
    revision: metadata?.labels?.[versionLabel] ?? '',
    templateHash: metadata?.labels?.['pod-template-hash'] ?? '',
    phase: metadata?.deletionTimestamp ? 'Terminating' : ((status?.phase ?? 'Pending') as PodPhase),
    ready: isReady(pod) && !metadata?.deletionTimestamp,
    restarts: container?.restartCount ?? 0,
    startedAt: new Date(container?.state?.running?.startedAt ?? metadata?.creationTimestamp ?? 0).toISOString(),
    ...reasonOf(pod),
    ...(ended ? { lastExit: ended.signal ? `signal ${ended.signal}` : `exit code ${ended.exitCode}` } : {}),
  };
}

/** What the scheduler or the kubelet says about a pod that is not Ready. */
function reasonOf(pod: V1Pod): { reason?: string } {
  const { status, metadata } = pod;
  if (isReady(pod) || metadata?.deletionTimestamp) return {};
  const { waiting } = status?.containerStatuses?.[0]?.state ?? {};
  const said = waiting ?? status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  const unready = status?.conditions?.find(({ type }) => type === 'ContainersReady');
  const { reason, message } = said ?? unready ?? {};
  const text = [reason, message].filter(Boolean).join(': ');
  return text === '' ? {} : { reason: text };
}

/** An evicted pod stays as a record; its Deployment does not count it. */
const isRecord = ({ metadata, status }: V1Pod): boolean =>
  !metadata?.deletionTimestamp && (status?.phase === 'Failed' || status?.phase === 'Succeeded');

/**
 * The Deployments of a namespace, each with its pods, including terminating ones, and its status.
 * @param names only these; the list of all pods is several times as long, which matters to who asks for it often.
 */
export async function deploymentsIn(
  { apps, core }: Pick<KubernetesApi, 'apps' | 'core'>,
  namespace: string,
  names?: readonly string[],
) {
  const [only] = names?.length === 1 ? names : [];
  const [{ items: deployments }, { items: pods }] = await Promise.all([
    apps.listNamespacedDeployment({ namespace, ...(only && { fieldSelector: `metadata.name=${only}` }) }),
    core.listNamespacedPod({ namespace, ...(names && { labelSelector: `${nameLabel} in (${names.join(',')})` }) }),
  ]);
  return deployments.map((deployment) => {
    const own = pods.filter((pod) => deploymentOf(pod) === deployment.metadata?.name);
    return { deployment, pods: own, status: deploymentStatusOf(deployment, own) };
  });
}

/** @param pods all pods of the Deployment, including terminating ones. */
export function deploymentStatusOf(deployment: V1Deployment, pods: readonly V1Pod[]): DeploymentStatus {
  const { metadata, spec, status } = deployment;
  const replicas = spec?.replicas ?? 1;
  const updated = status?.updatedReplicas ?? 0;
  const current = pods.filter((pod) => !isRecord(pod));
  const observed = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
  return {
    name: metadata?.name ?? '',
    replicas,
    ready: status?.readyReplicas ?? 0,
    updated,
    complete:
      observed &&
      updated === replicas &&
      (status?.replicas ?? 0) === replicas &&
      (status?.availableReplicas ?? 0) === replicas &&
      current.length === replicas &&
      current.every((pod) => isReady(pod) && !pod.metadata?.deletionTimestamp),
  };
}

/**
 * The output of a pod's container: lines from before the last restart, then those of the current container.
 * @param tail number of last lines. Default: all.
 * @throws when the pod has no readable output, for example before its container was started.
 */
export async function linesOf(
  { core }: Pick<KubernetesApi, 'core'>,
  namespace: string,
  name: string,
  tail?: number,
): Promise<string[]> {
  const read = (previous: boolean): Promise<string> =>
    core.readNamespacedPodLog({ namespace, name, previous, ...(tail === undefined ? {} : { tailLines: tail }) });
  // Always requested, because the container may restart after its pod was read.
  const earlier = await read(true).catch(() => '');
  const present = await read(false);
  // While a container waits for its restart, a kubelet returns the output of the ended container for both.
  const lines = `${earlier === present ? '' : earlier}${present}`.split('\n').filter((line) => line !== '');
  return tail === undefined ? lines : lines.slice(-tail);
}
