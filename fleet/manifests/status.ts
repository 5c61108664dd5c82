/** The observed state of Deployments and their pods, on any engine. */

export type PodPhase = 'Pending' | 'Running' | 'Terminating' | 'Succeeded' | 'Failed';

export interface Pod {
  name: string;
  deployment: string;
  /** `app.kubernetes.io/version` label of its template: what the app reports as `x-revision`. */
  revision: string;
  /** Hash of its template: changes with every rollout. Shown by `fleet status --json`, like `startedAt`. */
  templateHash: string;
  phase: PodPhase;
  ready: boolean;
  restarts: number;
  startedAt: string;
  /** Address of its `http` port on the test machine, if reachable. */
  address?: { host: string; port: number };
  /** The same for its `metrics` port. */
  metricsAddress?: { host: string; port: number };
  /** Last exit code or signal, when it ended. */
  lastExit?: string;
  /** Why it is not Ready, as a short text, when that is known. */
  reason?: string;
}

export interface DeploymentStatus {
  name: string;
  replicas: number;
  ready: number;
  updated: number;
  /** True when every replica is Ready on the newest template and no old pod is left. */
  complete: boolean;
}

/** A pod's state as one line of an error. */
export const podLine = ({ name, phase, ready, restarts, lastExit, reason }: Pod): string =>
  [
    `${name} ${phase} ${ready ? 'Ready' : 'not Ready'}, restarts ${restarts}`,
    ...(lastExit ? [`last end: ${lastExit}`] : []),
    ...(reason ? [reason] : []),
  ].join(', ');
