import { stateOf } from '../../run/state.ts';
import { capabilitiesOf } from '../shared/capabilities.ts';
import type { Engine } from '../shared/engine.ts';

/** Modules are loaded on first use: the Docker and Kubernetes clients are large, and the local engine needs neither. */
const kubernetesEngine = (name: 'k3s' | 'cluster', sharesNode: boolean): Engine => ({
  name,
  capabilities: capabilitiesOf[name],
  sharesNode,
  up: async (options) => (await import('./engine.ts')).up(name, options),
  content: async (options = {}) => (await import('./engine.ts')).content(options),
  attach: async (runId) => (await import('./fleet.ts')).attach(name, runId),
  reap: async (runId) => (await import('./end.ts')).endRun(stateOf(name, runId).runId),
});

/** Runs each fleet in its own k3s node, a container of this machine's Docker. */
export const k3sEngine = kubernetesEngine('k3s', true);

/** Runs fleets in an existing cluster, each in its own namespace. There is no node to start, and quotas are small. */
export const clusterEngine = kubernetesEngine('cluster', false);
