import { stateOf } from '../../run/state.ts';
import { fleetOf } from '../kubernetes/fleet-of.ts';
import type { KubernetesFleet } from '../kubernetes/fleet.ts';
import { nodeAccess } from './access.ts';

/** The fleet of a run that is up. It does not load a Docker client, because every test worker calls it. */
export const attach = (runId: string): KubernetesFleet => fleetOf(stateOf('k3s', runId), nodeAccess);
