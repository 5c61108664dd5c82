import { HarnessError } from '../../errors.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { PortForwarder } from '../../kubernetes/port-forward.ts';
import type { RunOnKubernetes } from '../../run/state.ts';
import type { ClusterAccess } from '../kubernetes/fleet.ts';
import { endRun } from './end.ts';

/** An existing cluster, reached only through its API. */
export function apiAccess(
  api: KubernetesApi,
  { runId, kubernetes: { forwarded = {}, namespace } }: Pick<RunOnKubernetes, 'runId' | 'kubernetes'>,
): ClusterAccess {
  return {
    engine: 'cluster',
    reach: async (service, port) => {
      const known = forwarded[`${service}:${port}`];
      if (known) return known;
      const found = await api.core.listNamespacedService({ namespace });
      const declared = found.items.find(({ metadata }) => metadata?.name === service)?.spec?.ports ?? [];
      if (!declared.some((candidate) => candidate.port === port)) {
        const ports = found.items.flatMap(({ metadata, spec }) =>
          spec?.ports?.map((each) => `${metadata?.name}:${each.port}`),
        );
        throw new HarnessError(`There is no Service port ${service}:${port}. There are: ${ports.join(', ')}.`);
      }
      // Only for forwards of this process. The run's forwarder serves the shared ones.
      const forwarder = new PortForwarder(api, namespace);
      const address = await forwarder.listen(service, port);
      forwarder.unref();
      forwarded[`${service}:${port}`] = address;
      return address;
    },
    signal: (_id, signal) =>
      Promise.reject(
        new HarnessError(
          `The cluster engine cannot send ${signal} to a pod's process: the API offers no way. Use an engine with a node of its own (k3s), or delete the pod.`,
        ),
      ),
    down: () => endRun(runId),
  };
}
