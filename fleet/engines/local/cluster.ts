import { mkdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { didYouMean } from '../../did-you-mean.ts';
import { EdgeClient } from '../../edge/client.ts';
import type { Endpoint } from '../../edge/row.ts';
import { HarnessError, ProductFailed, type ReportedError } from '../../errors.ts';
import { changeTemplate } from '../../manifests/changes.ts';
import { imageOf, isApp, type Images } from '../../manifests/images.ts';
import { named, ofKind, type Deployment, type KubeObject } from '../../manifests/objects.ts';
import { podLine, type DeploymentStatus, type Pod } from '../../manifests/status.ts';
import type { ProcessIdentity } from '../../run/process-identity.ts';
import { variablesOfRun } from '../../run/state.ts';
import { DeploymentController } from './deployment.ts';
import { edgeSync } from './edge-sync.ts';
import { Endpoints } from './endpoints.ts';
import { authorityVariables, environmentOf, proxyVariables } from './environment.ts';
import { LocalPod, type LaunchPlan } from './pod.ts';
import { host, type Ports } from './ports.ts';
import type { NetworkFault } from '../shared/engine.ts';
import type { BuiltChange } from './control.ts';
import { routesOf } from '../shared/routes.ts';
import { withLocalServices, startServiceProxy, type ServiceProxy } from './service-proxy.ts';
import { lastLines } from '../shared/tail.ts';

export interface ClusterOptions {
  runId: string;
  objects: readonly KubeObject[];
  images: Images;
  builds: Readonly<Record<string, string>>;
  ports: Ports;
  /** Milliseconds until an endpoint that is no longer Ready is removed from the lists. Default: 1000. */
  endpointLag?: number;
  /** Milliseconds before the second restart in a row of a container. Default 1000. */
  backOffMs?: number;
  /**
   * The authority that every process of the fleet trusts, and the token of the edge's control plane. Absent: no edge.
   */
  edge?: { caFile: string; controlToken: string };
  logFile: (pod: string) => string;
  /** A folder only for this pod; created when the pod starts. */
  podFolder: (pod: string) => string;
  recordStart: (identity: ProcessIdentity) => void;
  recordEnd: (identity: ProcessIdentity) => void;
}

/** The Deployment whose pod address every other pod gets. The address must not change, so there is only one pod. */
const edgeName = 'edge';
/** Folder with `.output` for a pod that runs another build than the fleet was started with. */
const buildAnnotation = 'fleet/build';
const logLinesInErrors = 50;
/** A tenth of a kubelet's 10 s, which would be too long for a test. */
const defaultBackOffMs = 1_000;
const defaultEndpointLag = 1_000;
/** Milliseconds between two looks at a Deployment that is not complete. */
const pollMs = 20;

/** Runs the Deployments, Services and Ingresses of a model as processes on this machine. */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly #controllers = new Map<string, DeploymentController>();
  readonly #endpoints: Endpoints;
  readonly #proxies = new Map<string, ServiceProxy>();
  readonly #namespace: string;
  #edgeSync: ReturnType<typeof edgeSync> | undefined;
  /** Why the last update of the pods or the edge failed. */
  #fault: unknown;
  #scheduled = false;
  #stopped = false;

  constructor(options: ClusterOptions) {
    this.#options = options;
    const deployments = ofKind(options.objects, 'Deployment');
    this.#namespace = deployments[0]?.metadata.namespace ?? 'default';
    this.#endpoints = new Endpoints(options.endpointLag ?? defaultEndpointLag, () => this.#changed());
    for (const deployment of deployments) {
      this.#controllers.set(
        deployment.metadata.name,
        new DeploymentController(structuredClone(deployment), (...args) => this.#createPod(...args)),
      );
    }
  }

  /**
   * Starts everything in parallel and resolves when all pods are Ready and the proxies have their endpoints.
   * @param onReady called with each Deployment whose pods are Ready; one without pods has nothing to wait for.
   */
  async start(onReady: (deployment: string) => void = () => {}): Promise<void> {
    await this.#openServices();
    // The other pods need the edge's address, so its ports are allocated first.
    await this.#controllers.get(edgeName)?.reconcile();
    this.#connectEdge();
    this.#changed();
    await Promise.all(
      [...this.#controllers.values()].map(async (controller) => {
        await this.#complete(controller, 'did not start');
        if (controller.replicas > 0) onReady(controller.name);
      }),
    );
  }

  async #openServices(): Promise<void> {
    for (const service of ofKind(this.#options.objects, 'Service')) {
      for (const declared of service.spec.ports) {
        const port = await this.#options.ports.take();
        const endpoints = (): Endpoint[] => this.#endpoints.of(service, declared);
        const proxy = await startServiceProxy(port, endpoints, service.spec.sessionAffinity);
        this.#proxies.set(`${service.metadata.name}:${declared.port}`, proxy);
      }
    }
  }

  #connectEdge(): void {
    const address = this.edgeAddress;
    if (!address) return;
    const { objects } = this.#options;
    const routes = routesOf(objects);
    const backends = ofKind(objects, 'Ingress').flatMap(({ spec }) =>
      spec.rules.flatMap(({ http }) => http.paths.map((path) => path.backend)),
    );
    const endpointsOf = backends.map(({ service: { name, port } }) => {
      const service = named(objects, 'Service', name);
      const declared = service?.spec.ports.find((one) =>
        port.name ? one.name === port.name : one.port === port.number,
      );
      // As in Traefik, a backend that is not there has no endpoints.
      return [name, () => (service && declared ? this.#endpoints.of(service, declared) : [])] as const;
    });
    this.#edgeSync = edgeSync(
      new EdgeClient(address),
      () => ({ routes, endpoints: Object.fromEntries(endpointsOf.map(([name, endpoints]) => [name, endpoints()])) }),
      () => this.#edgeIncarnation(),
    );
  }

  /** Undefined while the edge has no pod, or when the model has no edge. */
  get edgeAddress(): { proxyUrl: string; controlUrl: string; controlToken: string } | undefined {
    const [pod] = this.#controllers.get(edgeName)?.pods ?? [];
    const { edge } = this.#options;
    const proxy = pod?.ports['proxy'];
    const control = pod?.ports['control'];
    if (!edge || proxy === undefined || control === undefined) return undefined;
    return {
      proxyUrl: `http://${host}:${proxy}`,
      controlUrl: `http://${host}:${control}`,
      controlToken: edge.controlToken,
    };
  }

  deployments(): DeploymentStatus[] {
    return [...this.#controllers.values()].map((controller) => controller.status());
  }

  pods(): Pod[] {
    return this.#allPods().map((pod) => pod.view());
  }

  services(): Record<string, { host: string; port: number }> {
    return Object.fromEntries([...this.#proxies].map(([name, { port }]) => [name, { host, port }]));
  }

  /** Injects a fault into the connections to every port of a Service. */
  setNetworkFault(service: string, fault?: NetworkFault): void {
    for (const [name, proxy] of this.#proxies) if (name.startsWith(`${service}:`)) proxy.setNetworkFault(fault);
  }

  async scale(name: string, replicas: number): Promise<void> {
    const controller = this.#movable(name);
    const deployment = structuredClone(controller.deployment);
    deployment.spec.replicas = replicas;
    controller.update(deployment);
    this.#changed();
    await this.#complete(controller, `did not come to ${replicas} replicas`);
  }

  async rollout(name: string, change: BuiltChange): Promise<void> {
    const controller = this.#movable(name);
    const deployment = structuredClone(controller.deployment);
    changeTemplate(deployment, change);
    // Like an image digest in Kubernetes: the template identifies the build of its pods.
    const { annotations } = deployment.spec.template.metadata;
    if (annotations && change.build !== undefined) annotations[buildAnnotation] = change.build;
    if (change.force) controller.destroyPods();
    controller.update(deployment);
    this.#changed();
    await this.#complete(controller, 'did not roll out');
  }

  /** Resolves when the signal has taken effect; immediately for a signal that does not end the process. */
  async kill(name: string, signal: NodeJS.Signals): Promise<void> {
    const pod = this.#pod(name);
    const ended = pod.exited;
    if (!pod.signal(signal)) throw new HarnessError(`${name} has no process now. See: npm run fleet -- status`);
    if (signal === 'SIGKILL') await ended;
  }

  async deletePod(name: string): Promise<void> {
    const pod = this.#pod(name);
    const controller = this.#movable(pod.deployment);
    // The time for its replacement begins now.
    controller.update(controller.deployment);
    await pod.terminate();
    await this.#complete(controller, `did not replace ${name}`);
  }

  /** Kills every process immediately. Resolves when they are gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const controller of this.#controllers.values()) controller.stop();
    this.#endpoints.stop();
    const ends = this.#allPods().map((pod) => pod.destroy());
    await Promise.all([...ends, ...[...this.#proxies.values()].map((proxy) => proxy.close())]);
  }

  #allPods(): LocalPod[] {
    return [...this.#controllers.values()].flatMap((controller) => [...controller.pods]);
  }

  #pod(name: string): LocalPod {
    const pods = this.#allPods();
    const found = pods.find((pod) => pod.name === name);
    if (found) return found;
    throw new HarnessError(
      `There is no pod "${name}". ${didYouMean(
        name,
        pods.map((pod) => pod.name),
      )}`,
    );
  }

  #movable(name: string): DeploymentController {
    const controller = this.#controllers.get(name);
    if (!controller) {
      throw new HarnessError(`There is no Deployment "${name}". ${didYouMean(name, [...this.#controllers.keys()])}`);
    }
    if (name === edgeName && this.edgeAddress) {
      throw new HarnessError(
        'The edge keeps its one pod: browsers and pods hold its address. End its process instead, it restarts in place.',
      );
    }
    return controller;
  }

  async #createPod(deployment: Deployment, name: string, templateHash: string): Promise<LocalPod> {
    const template = structuredClone(deployment.spec.template);
    const ports: Record<string, number> = {};
    for (const declared of template.spec.containers[0]?.ports ?? []) {
      if (declared.name !== undefined) ports[declared.name] = await this.#options.ports.take();
    }
    const pod = new LocalPod({
      name,
      deployment: deployment.metadata.name,
      template,
      templateHash,
      ports,
      backOffMs: this.#options.backOffMs ?? defaultBackOffMs,
      logFile: this.#options.logFile(name),
      plan: (launched) => this.#plan(launched),
      recordStart: this.#options.recordStart,
      recordEnd: this.#options.recordEnd,
      changed: () => {
        if (pod.gone) for (const port of Object.values(ports)) this.#options.ports.release(port);
        this.#changed();
      },
    });
    if (!this.#stopped) pod.start();
    return pod;
  }

  #plan(pod: LocalPod): LaunchPlan {
    const [container] = pod.template.spec.containers;
    if (!container) throw new HarnessError(`${pod.name} has no container.`);
    const known = imageOf(container.image, this.#options.images);
    if (!known?.image.local) {
      throw new HarnessError(
        `Deployment ${pod.deployment}: nothing on this machine is the image "${container.image}". Add it to fleet/manifests/images.ts.`,
      );
    }
    const folder = this.#options.podFolder(pod.name);
    mkdirSync(folder, { recursive: true });
    const { build } = known.image;
    const built = build?.kind === 'app' ? this.#options.builds[build.app] : undefined;
    const buildDirectory = pod.template.metadata.annotations?.[buildAnnotation] ?? built;
    const program = known.image.local({ ports: pod.ports, host, folder, buildDirectory });
    const declared = environmentOf(container, this.#options.objects, {
      name: pod.name,
      namespace: this.#namespace,
      labels: { ...pod.template.metadata.labels, 'pod-template-hash': pod.templateHash },
    });
    const environment = Object.fromEntries(
      Object.entries(declared).map(([name, value]) => [
        name,
        withLocalServices(value, this.#namespace, (service, port) => this.#proxies.get(`${service}:${port}`)),
      ]),
    );
    return {
      program,
      environment: { ...environment, ...this.#proxyVariables(pod), ...variablesOfRun(this.#options.runId) },
    };
  }

  #proxyVariables(pod: LocalPod): Record<string, string> {
    if (pod.deployment === edgeName) return authorityVariables(process.env);
    const address = this.edgeAddress;
    if (!address || !this.#options.edge) return {};
    return proxyVariables(address.proxyUrl, pod.name, this.#options.edge.caFile);
  }

  /** Updates every part, once for all changes of this tick. */
  #changed(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#stopped) this.#react();
    });
  }

  #react(): void {
    this.#endpoints.observe(this.#allPods());
    const work = [...this.#controllers.values()].map((controller) => controller.reconcile());
    if (this.#edgeSync) work.push(this.#edgeSync.sync());
    this.#fault = undefined;
    Promise.all(work).catch((error: unknown) => {
      console.error(error);
      this.#fault = error;
    });
  }

  #edgeIncarnation(): string | undefined {
    const pod = this.#controllers.get(edgeName)?.pods.find(({ ready }) => ready);
    return pod && `${pod.name} ${pod.restarts}`;
  }

  /**
   * Resolves when the Deployment matches its spec and the proxies have its endpoints; rejects when that cannot happen.
   */
  async #complete(controller: DeploymentController, failureMessage: string): Promise<void> {
    for (;;) {
      if (this.#stopped) throw takenDown();
      if (this.#isComplete(controller)) return;
      if (this.#fault !== undefined) throw this.#fault;
      const { failure } = controller;
      if (failure !== undefined) throw this.#notReady(controller, `${controller.name} ${failureMessage}: ${failure}.`);
      await delay(pollMs);
    }
  }

  #isComplete(controller: DeploymentController): boolean {
    return (
      controller.status().complete &&
      controller.pods.every((pod) => this.#endpoints.isListed(pod)) &&
      this.#endpoints.settledFor(controller.name) &&
      (this.#edgeSync?.isSynced() ?? true)
    );
  }

  #notReady(controller: DeploymentController, sentence: string): ReportedError {
    // The log of a pod that has ended says more than that of one that waits.
    const culprit = controller.unready.find(({ crashed }) => crashed) ?? controller.unready[0];
    const lines = culprit ? lastLines(this.#options.logFile(culprit.name), logLinesInErrors) : [];
    const image = controller.deployment.spec.template.spec.containers[0]?.image ?? '';
    const isProductFault = isApp(image, this.#options.images) && culprit?.crashed && !isPortTaken(lines);
    return new (isProductFault ? ProductFailed : HarnessError)(
      [
        `${sentence} ${servingSentence(controller.pods.filter(({ ready, terminating }) => ready && !terminating).length)}`,
        'Pods:',
        ...controller.pods.map((pod) => `  ${podLine(pod.view())}`),
        ...(culprit
          ? [
              `Last lines of ${culprit.name} (npm run fleet -- logs ${culprit.name}):`,
              ...lines.map((line) => `  ${line}`),
            ]
          : []),
      ].join('\n'),
    );
  }
}

const takenDown = (): HarnessError => new HarnessError('The fleet was taken down. Start one with: npm run fleet -- up');

/** The container's port is in use by another process on this machine. */
const isPortTaken = (lines: readonly string[]): boolean => lines.some((line) => line.includes('EADDRINUSE'));

const servingSentence = (ready: number): string =>
  ready === 0 ? 'No pod of it is Ready.' : `${ready} Ready ${ready === 1 ? 'pod goes' : 'pods go'} on serving.`;
