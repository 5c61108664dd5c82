import type { V1Deployment, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import { isReady, restartsOf } from './pods.ts';

/** A pod with this many restarts that was never Ready fails the rollout before the progress deadline. */
const maxRestarts = 3;
/** Exit codes of a container that the kubelet ended with SIGTERM or SIGKILL. */
const asked = new Set([0, 143, 137]);
const revisionAnnotation = 'deployment.kubernetes.io/revision';

/**
 * Why a Deployment cannot complete; undefined while it still can. Only pods of the newest template count, because older
 * pods are being replaced.
 * @param pods all pods of the Deployment.
 */
export function failureOf(
  deployment: V1Deployment,
  pods: readonly V1Pod[],
  replicaSets: readonly V1ReplicaSet[],
): string | undefined {
  const { status, metadata } = deployment;
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return undefined;
  const newest = newestHash(deployment, replicaSets);
  const crashLooping = pods.find(
    (pod) =>
      newest !== undefined &&
      pod.metadata?.labels?.['pod-template-hash'] === newest &&
      !pod.metadata.deletionTimestamp &&
      !isReady(pod) &&
      !wasReady(pod) &&
      restartsOf(pod) >= maxRestarts,
  );
  if (crashLooping)
    return `${crashLooping.metadata?.name} was restarted ${restartsOf(crashLooping)} times and was never Ready`;
  const stuck = status?.conditions?.find(
    ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  );
  return stuck && (stuck.message ?? 'its progress deadline is over');
}

/** The template hash of the Deployment's current revision. */
function newestHash({ metadata }: V1Deployment, replicaSets: readonly V1ReplicaSet[]): string | undefined {
  const revision = metadata?.annotations?.[revisionAnnotation];
  return replicaSets.find(
    (set) =>
      set.metadata?.annotations?.[revisionAnnotation] === revision &&
      set.metadata?.ownerReferences?.some(({ uid }) => uid === metadata?.uid),
  )?.metadata?.labels?.['pod-template-hash'];
}

/** Its container exited by itself, or cannot be configured from its spec. */
export function hasCrashed({ status }: V1Pod): boolean {
  const [container] = status?.containerStatuses ?? [];
  const { waiting } = container?.state ?? {};
  const ended = container?.state?.terminated ?? container?.lastState?.terminated;
  return (
    waiting?.reason === 'CreateContainerConfigError' ||
    ended?.reason === 'OOMKilled' ||
    (ended !== undefined && !asked.has(ended.exitCode))
  );
}

/** Its condition has changed since the pod was started. */
function wasReady({ status }: V1Pod): boolean {
  const changed = status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
  // Both times are whole seconds, and the first "not Ready" may come a moment after the start.
  return new Date(changed ?? 0).getTime() - new Date(status?.startTime ?? 0).getTime() > 1_000;
}
