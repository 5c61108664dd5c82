import type { ControlAccess } from '../../control-token.ts';
import { HarnessError } from '../../errors.ts';
import type { Hosts } from '../../hosts.ts';
import { notUpYet, type EdgeAddress, type EngineName, type RunState } from '../../run/state.ts';

/** What the fleets of all engines know from the state of their run. */
export abstract class FleetOfRun implements AsyncDisposable {
  readonly runId: string;
  readonly hosts: Hosts;
  readonly engine: EngineName;
  readonly #run: RunState;

  constructor(run: RunState) {
    this.#run = run;
    this.runId = run.runId;
    this.hosts = run.hosts;
    this.engine = run.engine;
  }

  get edge(): EdgeAddress {
    if (this.#run.edge) return this.#run.edge;
    throw notUpYet(this.runId);
  }

  get authentikControl(): ControlAccess {
    const { controlToken } = this.edge;
    const { authentikControlUrl: controlUrl } = this.#run;
    if (controlUrl === undefined) throw new HarnessError(`The fleet of ${this.runId} has no mock Authentik.`);
    return { controlUrl, controlToken };
  }

  abstract down(): Promise<void>;

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }
}

/** @throws HarnessError when a Deployment cannot have this number of pods. */
export function checkReplicas(replicas: number): void {
  if (Number.isInteger(replicas) && replicas >= 0) return;
  throw new HarnessError(`"${replicas}" is no number of replicas. Give a whole number from 0.`);
}
