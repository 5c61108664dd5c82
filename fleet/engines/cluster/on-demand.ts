import { capabilitiesOf } from '../shared/capabilities.ts';
import type { Engine } from '../shared/engine.ts';

/** Loaded when it is used: Kubernetes' client is large, and the local engine does without. */
const engine = async (): Promise<Engine> => (await import('./engine.ts')).clusterEngine;

/** Runs fleets in a cluster that was there before, each in a namespace of its own. */
export const clusterEngine: Engine = {
  name: 'cluster',
  capabilities: capabilitiesOf.cluster,
  sharesNode: false,
  up: async (options) => (await engine()).up(options),
  attach: async (runId) => (await engine()).attach(runId),
  list: async () => (await engine()).list(),
  reap: async (runId) => (await engine()).reap(runId),
};
