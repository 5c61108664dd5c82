import { createHash, randomInt } from 'node:crypto';
import type { Deployment } from '../../manifests/objects.ts';
import type { DeploymentStatus } from '../../manifests/status.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { LocalPod } from './pod.ts';

export type PodFactory = (deployment: Deployment, name: string, templateHash: string) => Promise<LocalPod>;

/**
 * A pod with this many restarts that was never Ready since its spec was applied fails the rollout before the progress
 * deadline.
 */
const maxRestarts = 3;

/** Reconciles a Deployment's pods with its spec, in the order in which Kubernetes replaces them. */
export class DeploymentController {
  deployment: Deployment;
  /** All pods that still exist, including terminating ones. */
  pods: readonly LocalPod[] = [];
  #hash: string;
  readonly #createPod: PodFactory;
  #stopped = false;
  #bestReady = 0;
  #progressAt = Date.now();
  /** Restarts of each pod when the current spec was applied. */
  #restartsBefore = new Map<LocalPod, number>();

  constructor(deployment: Deployment, createPod: PodFactory) {
    this.deployment = deployment;
    this.#hash = hashOf(deployment);
    this.#createPod = createPod;
  }

  get name(): string {
    return this.deployment.metadata.name;
  }
  get replicas(): number {
    return this.deployment.spec.replicas ?? 1;
  }

  /** Replaces the spec; then reconcile() updates the pods. */
  update(deployment: Deployment): void {
    this.deployment = deployment;
    this.#hash = hashOf(deployment);
    this.#bestReady = 0;
    this.#progressAt = Date.now();
    this.#restartsBefore = new Map(this.pods.map((pod) => [pod, pod.restarts]));
  }

  status(): DeploymentStatus {
    const present = this.pods.filter((pod) => !pod.terminating);
    const updated = present.filter((pod) => pod.templateHash === this.#hash);
    return {
      name: this.name,
      replicas: this.replicas,
      ready: present.filter((pod) => pod.ready).length,
      updated: updated.length,
      complete:
        this.pods.length === this.replicas && updated.length === this.replicas && updated.every((pod) => pod.ready),
    };
  }

  /** The pods of the newest template that are not Ready. */
  get unready(): LocalPod[] {
    return this.pods.filter((pod) => pod.templateHash === this.#hash && !pod.terminating && !pod.ready);
  }

  /** Why the rollout cannot complete; undefined while it still can. */
  get failure(): string | undefined {
    const isCrashLooping = (pod: LocalPod): boolean =>
      !pod.wasReady && pod.restarts - (this.#restartsBefore.get(pod) ?? 0) >= maxRestarts;
    const crashLooping = this.unready.find(isCrashLooping);
    if (crashLooping) return `${crashLooping.name} was restarted ${crashLooping.restarts} times and was never Ready`;
    const { progressDeadlineSeconds = 600 } = this.deployment.spec;
    const isInTime = Date.now() < this.#progressAt + progressDeadlineSeconds * 1000;
    return this.unready.length === 0 || isInTime ? undefined : `there was no progress for ${progressDeadlineSeconds} s`;
  }

  readonly reconcile = oneAtATime(async () => {
    if (this.#stopped) return;
    this.pods = this.pods.filter((pod) => !pod.gone);
    this.#noteProgress();
    await (this.deployment.spec.strategy?.type === 'Recreate' ? this.#recreate() : this.#roll());
  });

  #noteProgress(): void {
    const ready = this.pods.filter((pod) => pod.templateHash === this.#hash && pod.ready).length;
    if (ready <= this.#bestReady) return;
    this.#bestReady = ready;
    this.#progressAt = Date.now();
  }

  #present(): { fresh: LocalPod[]; old: LocalPod[] } {
    const present = this.pods.filter((pod) => !pod.terminating);
    return {
      fresh: present.filter((pod) => pod.templateHash === this.#hash),
      old: present.filter((pod) => pod.templateHash !== this.#hash),
    };
  }

  /** Recreate: no new pod before the last old one is gone. */
  async #recreate(): Promise<void> {
    const { fresh, old } = this.#present();
    this.#remove(old);
    this.#remove(leastWanted(fresh).slice(0, Math.max(0, fresh.length - this.replicas)));
    const oldLeft = this.pods.some((pod) => pod.templateHash !== this.#hash);
    if (!oldLeft) await this.#add(this.replicas - fresh.length);
  }

  /**
   * RollingUpdate, with the rules of the Deployment controller (pkg/controller/deployment/rolling.go). Pods being
   * deleted do not count. First it adds new pods up to replicas + maxSurge. Then it removes old pods, broken ones
   * first, while replicas - maxUnavailable stay available.
   */
  async #roll(): Promise<void> {
    const { fresh, old } = this.#present();
    if (fresh.length > this.replicas) {
      this.#remove(leastWanted(fresh).slice(0, fresh.length - this.replicas));
    } else {
      const room = this.replicas + this.#limit('maxSurge') - (fresh.length + old.length);
      await this.#add(Math.min(this.replicas - fresh.length, room));
    }
    this.#removeOld();
  }

  #removeOld(): void {
    const { fresh, old } = this.#present();
    if (old.length === 0) return;
    const minAvailable = this.replicas - this.#limit('maxUnavailable');
    const freshUnavailable = fresh.filter((pod) => !pod.ready).length;
    const budget = Math.max(0, old.length + fresh.length - minAvailable - freshUnavailable);
    this.#remove(old.filter((pod) => !pod.ready).slice(0, budget));
    const available = [...fresh, ...old].filter((pod) => pod.ready).length;
    const spare = Math.max(0, available - minAvailable);
    this.#remove(leastWanted(old.filter((pod) => pod.ready)).slice(0, spare));
  }

  async #add(count: number): Promise<void> {
    for (let index = 0; index < count && !this.#stopped; index += 1) {
      const name = `${this.name}-${this.#hash}-${randomSuffix()}`;
      const pod = await this.#createPod(this.deployment, name, this.#hash);
      this.pods = [...this.pods, pod];
    }
  }

  /** Kills every pod immediately, without preStop and grace period. */
  destroyPods(): void {
    for (const pod of this.pods) void pod.destroy();
  }

  #remove(pods: readonly LocalPod[]): void {
    for (const pod of pods) void pod.terminate();
  }

  #limit(name: 'maxSurge' | 'maxUnavailable'): number {
    return Number(this.deployment.spec.strategy?.rollingUpdate?.[name] ?? 0);
  }

  /** Creates no more pods and takes no more steps. */
  stop(): void {
    this.#stopped = true;
  }
}

/** The pods that a ReplicaSet deletes first: not Ready before Ready, then younger before older. */
const leastWanted = (pods: readonly LocalPod[]): LocalPod[] =>
  pods.toSorted((a, b) => Number(a.ready) - Number(b.ready) || b.createdAt - a.createdAt);

/** Kubernetes' alphabet for generated names. It has no vowels, so that names contain no words. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

const hashOf = ({ spec }: Deployment): string =>
  [...createHash('sha256').update(JSON.stringify(spec.template)).digest().subarray(0, 9)]
    .map((byte) => alphabet[byte % alphabet.length])
    .join('');

const randomSuffix = (): string => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
