import { capabilitiesOf } from '../shared/capabilities.ts';
import type { Engine } from '../shared/engine.ts';

/** Loaded on first use: the Docker and Kubernetes clients are large, and the local engine does not need them. */
const engine = () => import('./engine.ts');

/** Runs each fleet in its own k3s node, a container of this machine's Docker. */
export const k3sEngine: Engine = {
  name: 'k3s',
  capabilities: capabilitiesOf.k3s,
  sharesNode: true,
  up: async (options) => (await engine()).up(options),
  content: async (options = {}) => (await import('../kubernetes/manifests.ts')).contentOfFleet(options),
  attach: async (runId) => (await import('./attach.ts')).attach(runId),
  list: async () => (await engine()).list(),
  reap: async (runId) => (await engine()).reap(runId),
  reapOrphans: async () => (await import('./reap-orphans.ts')).reapOrphans(),
};
