import type { CoreV1Event, V1Pod } from '@kubernetes/client-node';
import { podLine } from '../manifests/status.ts';
import type { KubernetesApi } from './api.ts';
import { linesOf, isReady, viewOf } from './pods.ts';

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
    ...pods.map((pod) => `  ${podLine(viewOf(pod))}`),
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

async function logOf(api: KubernetesApi, namespace: string, pod: V1Pod): Promise<string> {
  const name = pod.metadata?.name ?? '';
  const lines = await linesOf(api, namespace, name, logLinesInErrors).catch(() => []);
  return [`Last lines of ${name}:`, ...(lines.length > 0 ? lines : ['(none)']).map((line) => `  ${line}`)].join('\n');
}
