import type { V1Pod } from '@kubernetes/client-node';
import { HarnessError } from '../../errors.ts';
import { statusOf, reasonOf, type KubernetesApi } from '../../kubernetes/api.ts';
import { linesOf, deploymentOf, deploymentsIn, viewOf } from '../../kubernetes/pods.ts';
import { waitUntilComplete } from '../../kubernetes/wait.ts';
import { didYouMean } from '../../did-you-mean.ts';
import { changeTemplate } from '../../manifests/changes.ts';
import { appsOf, type Images } from '../../manifests/images.ts';
import { nameLabel, ofKind, type Deployment, type KubeObject } from '../../manifests/objects.ts';
import type { DeploymentStatus, Pod } from '../../manifests/status.ts';
import { identify, isAlive } from '../../run/process-identity.ts';
import { notUpYet, readRunState, startsNode, stateOf, updateRunState } from '../../run/state.ts';
import type { RunOnKubernetes, RunState } from '../../run/state.ts';
import { until } from '../../until.ts';
import type { FleetDescription } from '../shared/description.ts';
import type { ClusterPlace, Fleet, TemplateChange } from '../shared/engine.ts';
import { checkReplicas, FleetOfRun } from '../shared/fleet-of-run.ts';
import { accessOf, type ClusterAccess } from './access.ts';
import { apiOf } from './api.ts';
import { endRun } from './end.ts';
import { objectsForRun } from './objects-for-run.ts';

/** The fleet of a run of that engine. Every test worker calls it, so it loads no Docker client. */
export function attach(
  engine: 'k3s' | 'cluster',
  { images }: Pick<FleetDescription, 'images'>,
  runId: string,
): KubernetesFleet {
  const run = stateOf(engine, runId);
  if (!isOnKubernetes(run)) throw notUpYet(runId);
  if (!startsNode[engine] && run.supervisor && !isAlive(run.supervisor)) {
    throw new HarnessError(
      `The watcher of ${runId} has ended, and nothing reaches it. End it: npm run fleet -- down ${runId}`,
    );
  }
  return new KubernetesFleet(run, apiOf(run.kubernetes), images);
}

const isOnKubernetes = (run: RunState): run is RunOnKubernetes => run.kubernetes !== undefined;

/** Retries after a conflict with another writer. */
const attempts = 5;
const pollIntervalMs = 100;
const podDeletionTimeoutMs = 60_000;

export class KubernetesFleet extends FleetOfRun implements Fleet {
  readonly #run: RunOnKubernetes;
  readonly #api: KubernetesApi;
  readonly #imagesOfProduct: Images;
  readonly #access: ClusterAccess;
  readonly #namespace: string;

  constructor(run: RunOnKubernetes, api: KubernetesApi, images: Images) {
    super(run);
    this.#run = run;
    this.#imagesOfProduct = images;
    this.#api = api;
    this.#access = accessOf(api, run);
    this.#namespace = run.kubernetes.namespace;
  }

  readonly #isProduct = (name: string): boolean => appsOf(this.#imagesOfProduct).includes(name);

  async deployments(): Promise<DeploymentStatus[]> {
    return (await deploymentsIn(this.#api, this.#namespace)).map(({ status }) => status);
  }

  async pods(deployment?: string): Promise<Pod[]> {
    const selector = deployment === undefined ? {} : { labelSelector: `${nameLabel}=${deployment}` };
    const { items } = await this.#api.core.listNamespacedPod({ namespace: this.#namespace, ...selector });
    return items.map(viewOf);
  }

  async scale(deployment: string, replicas: number): Promise<void> {
    checkReplicas(replicas);
    await this.#edit(deployment, ({ spec }) => {
      spec.replicas = replicas;
    });
    await this.#complete(deployment, `did not come to ${replicas} replicas`);
  }

  async rollout(deployment: string, change: TemplateChange = {}): Promise<void> {
    if (change.sources || change.force) {
      throw new HarnessError(
        `The ${this.engine} engine rolls out no other build, and ends no pods by force. Say so in the spec: test.use({ needs: ['builds'] })`,
      );
    }
    await this.#edit(deployment, (object) => changeTemplate(object, change));
    await this.#complete(deployment, 'did not roll out');
  }

  /** For SIGKILL, resolves when the process has ended. For other signals, resolves when the signal is sent. */
  async kill(name: string, signal: NodeJS.Signals): Promise<void> {
    const before = containerOf(await this.#pod(name));
    if (!before?.state?.running || !before.containerID) {
      throw new HarnessError(`${name} has no process now. See: npm run fleet -- status`);
    }
    const id = before.containerID;
    await this.#access.signal(id.replace(/^.*:\/\//, ''), signal);
    if (signal !== 'SIGKILL') return;
    const hasEnded = async (): Promise<boolean> => {
      const now = containerOf(await this.#pod(name));
      return now?.containerID !== id || !now?.state?.running;
    };
    await this.#waitUntil(hasEnded, `${name} still runs after ${signal}`);
  }

  async deletePod(name: string): Promise<void> {
    const pod = await this.#pod(name);
    await this.#api.core.deleteNamespacedPod({ namespace: this.#namespace, name });
    await this.#complete(deploymentOf(pod), `did not replace ${name}`);
  }

  async logs(name: string, { tail }: { tail?: number } = {}): Promise<string[]> {
    await this.#pod(name);
    return linesOf(this.#api, this.#namespace, name, tail);
  }

  async metrics(name: string): Promise<string> {
    const ports = (await this.#pod(name)).spec?.containers.flatMap((container) => container.ports ?? []);
    const port = ports?.find((declared) => declared.name === 'metrics')?.containerPort;
    if (port === undefined) throw new HarnessError(`${name} has no port named metrics.`);
    return this.#api.core.connectGetNamespacedPodProxyWithPath({
      namespace: this.#namespace,
      name: `${name}:${port}`,
      path: 'metrics',
    });
  }

  reach(service: string, port: number): Promise<{ host: string; port: number }> {
    return this.#access.reach(service, port);
  }

  async addObjects(objects: readonly KubeObject[]): Promise<AsyncDisposable> {
    const own = objectsForRun(objects, {
      runId: this.runId,
      namespace: this.#namespace,
      known: this.#imagesOfProduct,
      images: await this.#images(),
    });
    const deployments = ofKind(own, 'Deployment').map(({ metadata }) => metadata.name);
    const jobs = own.filter(({ kind }) => kind === 'Job').map(({ metadata }) => metadata.name);
    await using undo = new AsyncDisposableStack();
    const isGone = async (name: string): Promise<boolean> => (await this.pods(name)).length === 0;
    undo.defer(async () => {
      for (const name of [...deployments, ...jobs])
        await this.#waitUntil(() => isGone(name), `pods of ${name} are still there`);
    });
    for (const object of own) {
      await this.#api.create(object);
      undo.defer(() => this.#api.remove(object));
    }
    await waitUntilComplete(this.#api, this.#namespace, deployments, {
      failureMessage: 'did not start',
      isProduct: this.#isProduct,
    });
    return undo.move();
  }

  get place(): ClusterPlace {
    return this.#run.kubernetes;
  }

  async imageDigests(): Promise<string> {
    const { digestOf } = this.#access;
    if (!digestOf) throw new HarnessError(`The ${this.engine} engine has no way to its nodes, so it knows no digest.`);
    const running = await this.#images();
    const digests = appsOf(this.#imagesOfProduct).map(async (app) => `${app}@${await digestOf(running[app] ?? '')}`);
    return (await Promise.all(digests)).join(' ');
  }

  async adopt(pid: number): Promise<void> {
    const identity = identify(pid);
    if (!identity || !readRunState(this.runId)) {
      throw new HarnessError(`There is no process ${pid}, or no run ${this.runId}, so nothing is adopted.`);
    }
    await updateRunState(this.runId, ({ processes }) => ({ processes: [...processes, identity] }));
  }

  down(): Promise<void> {
    return endRun(this.runId);
  }

  async #pod(name: string): Promise<V1Pod> {
    try {
      return await this.#api.core.readNamespacedPod({ namespace: this.#namespace, name });
    } catch (cause) {
      if (statusOf(cause) !== 404) throw cause;
      const names = (await this.pods()).map((pod) => pod.name);
      throw new HarnessError(`There is no pod "${name}". ${didYouMean(name, names)}`, { cause });
    }
  }

  async #edit(name: string, change: (deployment: Deployment) => void): Promise<void> {
    const namespace = this.#namespace;
    for (let attempt = 1; ; attempt += 1) {
      const deployment = await this.#api.find<Deployment>({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, namespace },
      });
      if (!deployment) {
        const names = (await this.deployments()).map((each) => each.name);
        throw new HarnessError(`There is no Deployment "${name}". ${didYouMean(name, names)}`);
      }
      change(deployment);
      try {
        return await this.#api.replace(deployment);
      } catch (cause) {
        if (statusOf(cause) === 409 && attempt < attempts) continue;
        throw new HarnessError(`Deployment ${name} cannot be changed: ${reasonOf(cause)}`, { cause });
      }
    }
  }

  /**
   * The reference that each image runs under here, by the name of its Deployment. That name is the image's key in
   * its description, except for Redis, whose Deployment has the name of its Service.
   */
  async #images(): Promise<Record<string, string>> {
    const { items } = await this.#api.apps.listNamespacedDeployment({ namespace: this.#namespace });
    return Object.fromEntries(
      items.flatMap(({ metadata, spec }) => {
        const image = spec?.template.spec?.containers[0]?.image;
        return metadata?.name && image ? [[metadata.name, image]] : [];
      }),
    );
  }

  #complete(deployment: string, failureMessage: string): Promise<void> {
    return waitUntilComplete(this.#api, this.#namespace, [deployment], { failureMessage, isProduct: this.#isProduct });
  }

  async #waitUntil(condition: () => Promise<boolean>, failureMessage: string): Promise<void> {
    await until(condition, {
      timeoutMs: podDeletionTimeoutMs,
      intervalMs: pollIntervalMs,
      failure: () =>
        new HarnessError(`${failureMessage}, ${podDeletionTimeoutMs / 1000} s later. See: npm run fleet -- status`),
    });
  }
}

const containerOf = (pod: V1Pod) => pod.status?.containerStatuses?.[0];
