import { HarnessError } from '../../errors.ts';
import { noSuchRun, readRunState } from '../../run/state.ts';
import type { KubernetesPlace, RunState } from '../../run/state.ts';
import { apiOf } from '../kubernetes/api.ts';
import { KubernetesFleet } from '../kubernetes/fleet.ts';
import { nodeAccess } from './access.ts';

export type RunOnKubernetes = RunState & { kubernetes: KubernetesPlace };

/** The fleet of a run that is up. It does not load a Docker client, because every test worker calls it. */
export function attach(runId: string): KubernetesFleet {
  const state = readRunState(runId);
  if (state?.engine !== 'k3s') throw noSuchRun('k3s', runId);
  if (!state.kubernetes) throw new HarnessError(`The run ${runId} is not up yet. Wait for the command that starts it.`);
  const run: RunOnKubernetes = { ...state, kubernetes: state.kubernetes };
  const api = apiOf(run.kubernetes);
  return new KubernetesFleet(run, api, nodeAccess(api, run));
}
