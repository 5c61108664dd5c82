import type { KubernetesApi } from './api.ts';

/**
 * The output of a pod's container: lines of the container before a restart, then those of the present one.
 * @param tail how many of the last lines. Default: all.
 * @throws when the pod has no output that can be read, as before its container was started.
 */
export async function linesOf(
  { core }: Pick<KubernetesApi, 'core'>,
  namespace: string,
  name: string,
  tail?: number,
): Promise<string[]> {
  const read = (previous: boolean): Promise<string> =>
    core.readNamespacedPodLog({ namespace, name, previous, ...(tail === undefined ? {} : { tailLines: tail }) });
  // Always asked for: the container may restart after its pod was read.
  const earlier = await read(true).catch(() => '');
  const present = await read(false);
  // While a container waits for its restart, a kubelet answers both with the output of the one that ended.
  const lines = `${earlier === present ? '' : earlier}${present}`.split('\n').filter((line) => line !== '');
  return tail === undefined ? lines : lines.slice(-tail);
}
