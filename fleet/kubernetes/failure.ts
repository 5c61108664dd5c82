import type { V1Deployment, V1Pod } from '@kubernetes/client-node';

/** Exit codes of a container that the kubelet ended with SIGTERM or SIGKILL. */
const asked = new Set([0, 143, 137]);

/** Why a Deployment cannot complete; undefined while it still can. */
export function failureOf({ status, metadata }: V1Deployment): string | undefined {
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return undefined;
  const stuck = status?.conditions?.find(
    ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  );
  return stuck && (stuck.message ?? 'its progress deadline is over');
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
