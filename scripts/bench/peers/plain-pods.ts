import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import getPort from 'get-port';
import { environmentOf } from '../../../fleet/engines/local/environment.ts';
import { launchOf, proxyVariables, type Launch } from '../../../fleet/engines/local/launch.ts';
import type { SupervisorPlan } from '../../../fleet/engines/local/protocol.ts';
import { withLocalServices } from '../../../fleet/engines/local/service-address.ts';
import { HarnessError } from '../../../fleet/errors.ts';
import { imageOf, type LocalProgram } from '../../../fleet/manifests/images.ts';
import { onlyContainer, type Container, type Deployment } from '../../../fleet/manifests/objects.ts';

export const host = '127.0.0.1';

/** What a plain loop spawns in place of a pod. */
export interface PlainPod extends Launch {
  /** All of them accept connections once it serves. */
  ports: readonly number[];
}

/** A pod of the plan, with its own ports. */
interface Placed {
  name: string;
  deployment: Deployment;
  container: Container;
  ports: Record<string, number>;
}

/**
 * The processes of a fleet's plan with the same programs and the same environments. What goes to a Service there goes
 * straight to the first of its pods.
 * @param folder for the files of the pods.
 * @param caFile the authority that they trust.
 */
export async function plainPods(plan: SupervisorPlan, folder: string, caFile: string): Promise<PlainPod[]> {
  const placed = await place(plan);
  const edge = placed.find(({ deployment }) => deployment.metadata.name === 'edge');
  const proxyUrl = `http://${host}:${edge?.ports['proxy']}`;
  return placed.map((pod) => {
    const environment = {
      ...declaredEnvironment(pod, plan, placed),
      ...(pod === edge ? {} : proxyVariables(proxyUrl, pod.name, caFile)),
    };
    return {
      ...launchOf(pod.container, programOf(pod, plan, join(folder, pod.name)), environment),
      ports: Object.values(pod.ports),
    };
  });
}

async function place({ model }: SupervisorPlan): Promise<Placed[]> {
  const placed: Placed[] = [];
  for (const deployment of model.deployments) {
    const container = onlyContainer(deployment);
    if (!container) throw new HarnessError(`${deployment.metadata.name} has no container.`);
    for (let replica = 0; replica < (deployment.spec.replicas ?? 1); replica += 1) {
      const ports: Record<string, number> = {};
      for (const { name } of container.ports ?? []) if (name !== undefined) ports[name] = await getPort({ host });
      placed.push({ name: `${deployment.metadata.name}-${replica}`, deployment, container, ports });
    }
  }
  return placed;
}

function programOf({ name, container, ports }: Placed, { builds }: SupervisorPlan, folder: string): LocalProgram {
  const known = imageOf(container.image);
  if (!known?.image.local)
    throw new HarnessError(`${name}: nothing on this machine is the image "${container.image}".`);
  mkdirSync(folder, { recursive: true });
  return known.image.local({ ports, host, folder, buildDirectory: builds[known.key] });
}

function declaredEnvironment(
  { name, deployment, container }: Placed,
  { model }: SupervisorPlan,
  placed: readonly Placed[],
): Record<string, string> {
  const namespace = deployment.metadata.namespace ?? 'default';
  const declared = environmentOf(model, deployment, container, {
    name,
    uid: name,
    namespace,
    labels: deployment.spec.template.metadata.labels,
    podIp: host,
    nodeName: name,
  });
  const addressOf = (service: string, port: number): { host: string; port: number } | undefined => {
    const spec = model.services.find(({ metadata }) => metadata.name === service)?.spec;
    const target = spec?.ports.find((listed) => listed.port === port)?.targetPort ?? port;
    const pod = placed.find(({ deployment: { spec: template } }) =>
      Object.entries(spec?.selector ?? { none: '' }).every(
        ([label, value]) => template.template.metadata.labels[label] === value,
      ),
    );
    const portName = pod?.container.ports?.find((one) => one.name === target || one.containerPort === target)?.name;
    const local = portName === undefined ? undefined : pod?.ports[portName];
    return local === undefined ? undefined : { host, port: local };
  };
  return Object.fromEntries(
    Object.entries(declared).map(([variable, value]) => [variable, withLocalServices(value, namespace, addressOf)]),
  );
}
