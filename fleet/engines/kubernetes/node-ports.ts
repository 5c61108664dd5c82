import { connect } from 'node:net';
import { HarnessError } from '../../errors.ts';
import { statusOf, type KubernetesApi } from '../../kubernetes/api.ts';
import type { Service } from '../../manifests/objects.ts';
import type { RunOnKubernetes } from '../../run/state.ts';
import { until } from '../../until.ts';
import { runLabel } from './objects-for-run.ts';

const openMs = 20_000;
const stableMs = 500;

/**
 * The address of a Service's port through one of the node's published ports, which is opened for it if needed. Resolves
 * when it is open, also if another process has begun that.
 */
export async function reachNodePort(
  api: KubernetesApi,
  { runId, kubernetes: { namespace, outside } }: Pick<RunOnKubernetes, 'runId' | 'kubernetes'>,
  { metadata, spec }: Service,
  port: number,
): Promise<{ host: string; port: number }> {
  const kind = { apiVersion: 'v1', kind: 'Service' } as const;
  const name = `${metadata.name}-${port}-outside`;
  const addressOf = (exposed: Service) => ({
    host: outside?.host ?? '',
    port: outside?.ports[exposed.spec.ports[0]?.nodePort ?? 0] ?? 0,
  });
  const create = () =>
    api.create<Service>({
      ...kind,
      metadata: { name, namespace, labels: { [runLabel]: runId } },
      spec: {
        type: 'NodePort',
        selector: spec.selector ?? {},
        // With the same pod selector as the Service that it exposes.
        ...(spec.sessionAffinity && { sessionAffinity: spec.sessionAffinity }),
        ports: spec.ports
          .filter((one) => one.port === port)
          .map(({ targetPort }) => ({ port, targetPort: targetPort ?? port })),
      },
    });
  const exposed =
    (await api.find<Service>({ ...kind, metadata: { name, namespace } })) ??
    (await create().catch((error: Error) => {
      if (statusOf(error.cause) !== 409) throw error;
      // Another process of this run was faster.
      return api.read<Service>(kind, name, namespace);
    }));
  const address = addressOf(exposed);
  await waitUntilOpen(address);
  return address;
}

/**
 * kube-proxy needs a moment to learn a new port. Before that, Docker's proxy accepts a connection and then drops it, so
 * the port counts as open only when a connection stays open.
 */
async function waitUntilOpen(address: { host: string; port: number }): Promise<void> {
  await until(() => staysOpen(address), {
    timeoutMs: openMs,
    intervalMs: stableMs,
    failure: () =>
      new HarnessError(
        `Nothing answers at ${address.host}:${address.port}, where the node's port is published. See: docker ps`,
      ),
  });
}

function staysOpen({ host, port }: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    const settle = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    // What arrived while this process was busy is read before the next `setImmediate`.
    socket.setTimeout(stableMs, () => void setImmediate(() => settle(!socket.connecting)));
    socket.once('error', () => settle(false));
    socket.once('end', () => settle(false));
    socket.resume();
  });
}
