import { capabilitiesOf } from '../shared/capabilities.ts';
import type { Engine } from '../shared/engine.ts';

/** Loaded on first use: the Kubernetes client is large, and the local engine does not need it. */
const engine = () => import('./engine.ts');

/** Runs fleets in an existing cluster, each in its own namespace. */
export const clusterEngine: Engine = {
  name: 'cluster',
  capabilities: capabilitiesOf.cluster,
  // There is no node to start, and quotas are small: one fleet at a time.
  sharesNode: false,
  up: async (options) => (await engine()).up(options),
  content: async (options = {}) => (await import('../kubernetes/manifests.ts')).contentOfFleet(options),
  attach: async (runId) => (await engine()).attach(runId),
  list: async () => (await engine()).list(),
  reap: async (runId) => (await engine()).reap(runId),
};
