import type { KubernetesApi } from './api.ts';

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
