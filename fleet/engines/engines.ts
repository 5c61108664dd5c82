import { HarnessError } from '../errors.ts';
import { readRunState, startsNode, stateOf, type EngineName } from '../run/state.ts';
import { appsOf } from '../manifests/images.ts';
import { capabilitiesOf } from './shared/capabilities.ts';
import type { FleetDescription } from './shared/description.ts';
import type { Engine } from './shared/engine.ts';

const factsOf = (name: EngineName, { images }: FleetDescription) => ({
  name,
  apps: appsOf(images),
  capabilities: capabilitiesOf[name],
  sharesNode: startsNode[name],
});

// Modules are loaded on first use: a command that starts no fleet needs none of them, and the local engine neither the
// Docker nor the Kubernetes client.
const localEngine = (description: FleetDescription): Engine => {
  const local = () => import('./local/engine.ts');
  return {
    ...factsOf('local', description),
    up: async (options) => (await local()).up(description, options),
    content: async (options = {}) => (await local()).content(description, options),
    attach: async (runId) => (await local()).attach(runId),
    reap: async (runId) => (await local()).reap(runId),
  };
};

const kubernetesEngine = (name: 'k3s' | 'cluster', description: FleetDescription): Engine => ({
  ...factsOf(name, description),
  up: async (options) => (await import('./kubernetes/engine.ts')).launch(name, description, options),
  content: async (options = {}) => (await import('./kubernetes/engine.ts')).content(description, options),
  attach: async (runId) => (await import('./kubernetes/fleet.ts')).attach(name, description, runId),
  reap: async (runId) => (await import('./kubernetes/end.ts')).endRun(stateOf(name, runId).runId),
});

export const engineNames = ['local', 'k3s', 'cluster'] as const satisfies readonly EngineName[];

/** The engines, for the fleets of a product. */
export const enginesFor = (description: FleetDescription) => {
  const engines: Readonly<Record<Exclude<EngineName, 'live'>, Engine>> = {
    local: localEngine(description),
    // Each fleet in its own k3s node, a container of this machine's Docker.
    k3s: kubernetesEngine('k3s', description),
    // In an existing cluster, each in its own namespace. There is no node to start, and quotas are small.
    cluster: kubernetesEngine('cluster', description),
  };
  /** @throws HarnessError when there is no such engine. */
  const engineOf = (name: string): Engine => {
    const engine = (engines as Readonly<Record<string, Engine>>)[name];
    if (engine) return engine;
    throw new HarnessError(`There is no engine "${name}". They are: ${engineNames.join(', ')}.`);
  };
  /** The engine in a run's state file; the local engine when there is no such run. */
  const engineOfRun = (runId: string): Engine => engineOf(readRunState(runId)?.engine ?? 'local');
  return { engineOf, engineOfRun };
};

export type Engines = ReturnType<typeof enginesFor>;
