import type { KubernetesApi } from '../../kubernetes/api.ts';
import { notUpYet } from '../../run/state.ts';
import type { RunOnKubernetes, RunState } from '../../run/state.ts';
import { apiOf } from './api.ts';
import { KubernetesFleet } from './fleet.ts';
import type { ClusterAccess } from './fleet.ts';

/** The fleet of a run. @throws HarnessError when the run has no place in a cluster yet. */
export function fleetOf(
  run: RunState,
  accessOf: (api: KubernetesApi, run: RunOnKubernetes) => ClusterAccess,
): KubernetesFleet {
  if (!isOnKubernetes(run)) throw notUpYet(run.runId);
  const api = apiOf(run.kubernetes);
  return new KubernetesFleet(run, api, accessOf(api, run));
}

const isOnKubernetes = (run: RunState): run is RunOnKubernetes => run.kubernetes !== undefined;
