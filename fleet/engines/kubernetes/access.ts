import { HarnessError } from '../../errors.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { PortForwarder } from '../../kubernetes/port-forward.ts';
import type { Service } from '../../manifests/objects.ts';
import { startsNode, type RunOnKubernetes } from '../../run/state.ts';
import type { Docker } from '../docker/docker.ts';
import { reachNodePort } from './node-ports.ts';

/** How a run's cluster is reached: through its node when the run started it, otherwise only through the API. */
export interface ClusterAccess {
  reach(service: string, port: number): Promise<{ host: string; port: number }>;
  /** Signals a container's process. `id` is the runtime's, without its scheme. */
  signal(id: string, signal: NodeJS.Signals): Promise<void>;
  /** Names an image on the nodes by its digest, if the engine can. @returns the digest */
  digestOf?(reference: string): Promise<string>;
}

type RunInPlace = Pick<RunOnKubernetes, 'engine' | 'runId' | 'kubernetes'>;

export const accessOf = (api: KubernetesApi, run: RunInPlace): ClusterAccess =>
  startsNode[run.engine] ? throughNode(api, run) : throughApi(api, run);

/** The run's own node: Services are reached by published node ports, processes by the container's runtime. */
function throughNode(api: KubernetesApi, run: RunInPlace): ClusterAccess {
  const container = run.kubernetes.node?.container ?? '';
  // Loaded on first use: most operations on a fleet need no Docker.
  const node = () => import('./node.ts');
  let connection: Promise<Docker> | undefined;
  const docker = () => {
    connection ??= import('../docker/docker.ts').then((module) => module.Docker.connect());
    connection.catch(() => (connection = undefined));
    return connection;
  };
  const open = async (service: string, port: number) =>
    reachNodePort(api, run, await serviceWith(api, run.kubernetes.namespace, service, port), port);
  const opened = new Map<string, ReturnType<typeof open>>();
  return {
    reach: (service, port) => {
      const name = `${service}:${port}`;
      const address = opened.get(name) ?? open(service, port);
      opened.set(name, address);
      // What fails is tried again.
      address.catch(() => opened.delete(name));
      return address;
    },
    signal: async (id, signal) => (await node()).signalContainer(await docker(), container, id, signal),
    digestOf: async (reference) => (await node()).digestInNode(await docker(), container, reference),
  };
}

function throughApi(api: KubernetesApi, { kubernetes: { forwarded = {}, namespace } }: RunInPlace): ClusterAccess {
  return {
    reach: async (service, port) => {
      const known = forwarded[`${service}:${port}`];
      if (known) return known;
      await serviceWith(api, namespace, service, port);
      // Only for forwards of this process. The run's watcher serves the shared ones.
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
  };
}

/** A Service that has the port. @throws HarnessError that names those that there are. */
async function serviceWith(api: KubernetesApi, namespace: string, name: string, port: number): Promise<Service> {
  const { items } = await api.core.listNamespacedService({ namespace });
  const found = items.find(
    ({ metadata, spec }) => metadata?.name === name && spec?.ports?.some((one) => one.port === port),
  );
  if (found) return found as Service;
  const ports = items.flatMap(({ metadata, spec }) => spec?.ports?.map((each) => `${metadata?.name}:${each.port}`));
  throw new HarnessError(`There is no Service port ${name}:${port}. There are: ${ports.join(', ')}.`);
}
