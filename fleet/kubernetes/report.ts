import type { CoreV1Event, V1Pod } from '@kubernetes/client-node';
import type { KubernetesApi } from './api.ts';
import { linesOf } from './pod-log.ts';
import { isReady } from './pods.ts';

const eventsInErrors = 15;
const logLinesInErrors = 50;

/**
 * A report on why pods are not Ready: pod states, last events, and the last log lines of the pods that are not Ready,
 * or of all pods.
 */
export async function reportOf(
  api: KubernetesApi,
  namespace: string,
  deployment: string,
  { allLogs = false }: { allLogs?: boolean } = {},
): Promise<string> {
  const [{ items: events }, { items: pods }] = await Promise.all([
    api.core.listNamespacedEvent({ namespace }),
    api.core.listNamespacedPod({ namespace, labelSelector: `app.kubernetes.io/name=${deployment}` }),
  ]);
  const logs = await Promise.all(
    pods.filter((pod) => allLogs || !isReady(pod)).map((pod) => logOf(api, namespace, pod)),
  );
  return [
    'Pods:',
    ...pods.map((pod) => `  ${stateOf(pod)}`),
    'Events:',
    ...events
      .filter(({ involvedObject }) => involvedObject.name?.startsWith(deployment))
      .toSorted((a, b) => timeOf(a) - timeOf(b))
      .slice(-eventsInErrors)
      .map(({ type, reason, involvedObject, message }) => `  ${type} ${reason} ${involvedObject.name}: ${message}`),
    ...logs,
  ].join('\n');
}

const timeOf = ({ lastTimestamp, eventTime, metadata }: CoreV1Event): number =>
  new Date(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0).getTime();

function stateOf(pod: V1Pod): string {
  const [status] = pod.status?.containerStatuses ?? [];
  const { waiting, terminated } = status?.state ?? {};
  const why = waiting
    ? `${waiting.reason ?? 'waiting'} ${waiting.message ?? ''}`
    : terminated
      ? `ended with ${terminated.exitCode} (${terminated.reason ?? ''})`
      : '';
  const phase = pod.metadata?.deletionTimestamp ? 'Terminating' : pod.status?.phase;
  return `${pod.metadata?.name} ${phase} ${isReady(pod) ? 'Ready' : 'not Ready'}, ${status?.restartCount ?? 0} restarts ${why}`.trimEnd();
}

async function logOf(api: KubernetesApi, namespace: string, pod: V1Pod): Promise<string> {
  const name = pod.metadata?.name ?? '';
  const lines = await linesOf(api, namespace, name, logLinesInErrors).catch(() => []);
  return [`Last lines of ${name}:`, ...(lines.length > 0 ? lines : ['(none)']).map((line) => `  ${line}`)].join('\n');
}
