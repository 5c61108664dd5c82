import { connect } from 'node:net';
import { HarnessError } from '../../errors.ts';
import { statusOf } from '../../kubernetes/api.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { KubeObject } from '../../manifests/objects.ts';
import type { KubernetesPlace, RunOnKubernetes } from '../../run/state.ts';
import { until } from '../../until.ts';
import { runLabel } from './objects-for-run.ts';

const openMs = 20_000;
const stableMs = 500;

/** Label of a NodePort Service: the Service and port that it exposes. */
const outsideLabel = 'dezky.example/outside';

type RunOnNode = Pick<RunOnKubernetes, 'runId' | 'kubernetes'>;

/** The address of a Service through one of the node's published ports, which is opened for it if needed. */
export async function reachNodePort(
  api: KubernetesApi,
  run: RunOnNode,
  service: string,
  port: number,
): Promise<{ host: string; port: number }> {
  const { host, ports } = run.kubernetes.outside ?? { host: '', ports: {} };
  const known = await existing(api, run.kubernetes, service, port);
  const nodePort = known ?? (await open(api, run, service, port));
  const address = { host, port: ports[nodePort] ?? 0 };
  if (known === undefined) await waitUntilOpen(address);
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
    socket.setTimeout(stableMs, () => settle(!socket.connecting));
    socket.once('error', () => settle(false));
    socket.once('end', () => settle(false));
    socket.resume();
  });
}

async function existing(
  api: KubernetesApi,
  { namespace }: KubernetesPlace,
  service: string,
  port: number,
): Promise<number | undefined> {
  const { items } = await api.core.listNamespacedService({
    namespace,
    labelSelector: `${outsideLabel}=${service}-${port}`,
  });
  return items[0]?.spec?.ports?.[0]?.nodePort;
}

/** Exposes a port of a Service on a free node port. The API refuses a port that is in use. */
async function open(api: KubernetesApi, run: RunOnNode, service: string, port: number): Promise<number> {
  const { namespace, outside } = run.kubernetes;
  const { spec } = await api.core.readNamespacedService({ namespace, name: service }).catch((cause: unknown) => {
    if (statusOf(cause) !== 404) throw cause;
    throw new HarnessError(`There is no Service "${service}". Add it to fleet/e2e.`, { cause });
  });
  const declared = spec?.ports?.find((candidate) => candidate.port === port);
  if (!spec?.selector || !declared) {
    const ports = spec?.ports?.map((candidate) => candidate.port).join(', ');
    throw new HarnessError(`There is no Service port ${service}:${port}. There are: ${ports}.`);
  }
  for (const nodePort of Object.keys(outside?.ports ?? {}).map(Number)) {
    const exposed: KubeObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: `${service}-${port}-outside`,
        namespace,
        labels: { [runLabel]: run.runId, [outsideLabel]: `${service}-${port}` },
      },
      spec: {
        type: 'NodePort',
        selector: spec.selector,
        // With the same pod selector as the Service that it exposes.
        sessionAffinity: spec.sessionAffinity,
        sessionAffinityConfig: spec.sessionAffinityConfig,
        ports: [{ port, targetPort: declared.targetPort, nodePort }],
      },
    };
    try {
      await api.core.createNamespacedService({ namespace, body: exposed });
      return nodePort;
    } catch (error) {
      // 422: the port is in use. 409: another process of this run was faster.
      if (statusOf(error) === 409) return (await existing(api, run.kubernetes, service, port)) ?? nodePort;
      if (statusOf(error) !== 422) throw error;
    }
  }
  throw new HarnessError(
    `Every published port of the node is taken, so ${service}:${port} cannot be reached. ` +
      'End a fleet that shares the node: npm run fleet -- list',
  );
}
