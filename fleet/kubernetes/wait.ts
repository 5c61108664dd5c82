import { setTimeout as delay } from 'node:timers/promises';
import { throwIfAborted } from '../abort.ts';
import { HarnessError, ProductFailed } from '../errors.ts';
import { reasonOf, statusOf, type KubernetesApi } from './api.ts';
import { deploymentsIn } from './pods.ts';
import { reportOf } from './report.ts';
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';

/** Interval between two API requests while waiting, milliseconds. */
const pollIntervalMs = 250;
/** progressDeadlineSeconds ends a rollout without progress. This deadline ends a rollout whose old pods never end. */
const defaultTimeoutMs = 180_000;
/**
 * Milliseconds without a response of the API before waiting fails. A restarting control plane is not a failed rollout.
 */
export const maxApiOutageMs = 30_000;

export interface WaitOptions {
  /** Whether a Deployment is the product's, whose crash is no fault of the harness. */
  isProduct: (name: string) => boolean;
  /** Text for the error: `did not roll out`. */
  failureMessage: string;
  /** Called with each Deployment once it is complete. */
  onComplete?: (deployment: string) => void;
  signal?: AbortSignal | undefined;
  /** Milliseconds. Default: 180 s. */
  timeoutMs?: number | undefined;
}

/**
 * Resolves when each of the Deployments is complete: the newest spec observed, every replica updated and available,
 * every pod Ready, no old pod left.
 * @throws ProductFailed or HarnessError, with events, pod states and last log lines, when a Deployment cannot complete:
 *   ProductFailed when an app has crashed.
 */
export async function waitUntilComplete(
  api: KubernetesApi,
  namespace: string,
  wanted: readonly string[],
  { failureMessage, isProduct, onComplete = () => {}, signal, timeoutMs = defaultTimeoutMs }: WaitOptions,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const open = new Set(wanted);
  for (let answered = Date.now(); open.size > 0; await delay(pollIntervalMs)) {
    throwIfAborted(signal);
    const seen = await deploymentsIn(api, namespace, [...open]).catch((cause: unknown) => {
      if (isPassing(cause) && Date.now() - answered < maxApiOutageMs) return undefined;
      throw new HarnessError(`The rollout cannot be followed: ${reasonOf(cause)}.`, { cause });
    });
    if (!seen) continue;
    answered = Date.now();
    for (const name of open) {
      const found = seen.find(({ status }) => status.name === name);
      if (!found) {
        const all = (await deploymentsIn(api, namespace)).map(({ status }) => status.name);
        throw new HarnessError(`There is no Deployment "${name}". There are: ${all.join(', ')}.`);
      }
      if (found.status.complete) {
        open.delete(name);
        onComplete(name);
        continue;
      }
      const failure =
        failureOf(found.deployment) ?? (Date.now() > deadline ? `it took longer than ${timeoutMs / 1000} s` : '');
      if (failure) {
        const isProductFault = isProduct(name) && found.pods.some(hasCrashed);
        throw new (isProductFault ? ProductFailed : HarnessError)(
          `${name} ${failureMessage}: ${failure.replace(/\.$/, '')}.\n${await reportOf(api, namespace, name)}`,
        );
      }
    }
    if (open.size === 0) return;
  }
}

/** There was no response, or an error that the request did not cause. */
function isPassing(error: unknown): boolean {
  const status = statusOf(error);
  return status === 0 || status === 429 || status >= 500;
}

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
