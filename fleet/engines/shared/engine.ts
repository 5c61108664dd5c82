import type { ControlAccess } from '../../control-token.ts';
import type { Hosts } from '../../hosts.ts';
import type { Authentik } from '../../manifests/authentik.ts';
import type { Change, SourceChange } from '../../manifests/change.ts';
import type { KubeObject } from '../../manifests/objects.ts';
import type { DeploymentStatus, Pod } from '../../manifests/status.ts';
import type { Content } from '../../run/records.ts';
import type { EdgeAddress, EngineName, KubernetesPlace } from '../../run/state.ts';
import type { Capability } from './capabilities.ts';

/** What a rollout changes in the pod template. Without changes it is a restart. */
export interface TemplateChange {
  /** New `app.kubernetes.io/version`. */
  revision?: string;
  env?: Record<string, string>;
  /**
   * Builds the app with these changes to its sources, in addition to those that the fleet was started with. Empty: the
   * build that the fleet was started with. Absent: the current build. Only engines with `builds` support it.
   */
  sources?: readonly SourceChange[];
  /**
   * The old pods are killed immediately, without preStop and grace period (`kubectl delete --force --grace-period=0`),
   * and requests may fail until the new ones are Ready. Default: a rolling update. Only engines with `builds` support
   * it.
   */
  force?: boolean;
}

/** A fault of the network between the pods and a Service. */
export interface NetworkFault {
  /** Added latency of the Service's responses, in milliseconds. */
  delayMs?: number;
  /**
   * What happens to the connections that are open now; new ones work. `silent`: bytes are lost in both directions without
   * a reset, as when a node is lost. `cut`: reset after the first byte of the next response.
   */
  openConnections?: 'silent' | 'cut' | undefined;
  /** The pod that new connections lead to; open ones stay where they are, as after a failover. */
  newConnectionsTo?: string;
}

export type ClusterPlace = Pick<KubernetesPlace, 'kubeconfig' | 'namespace'>;

export interface FleetOptions {
  /** The host names of the fleet. Default: production. */
  hosts?: Hosts;
  /** Default: the mock, with the profile in `fleet/e2e/authentik-config.yaml`. A server: only with `authentik-server`. */
  authentik?: Authentik;
  /** Regressions or variants to apply before the fleet starts. */
  changes?: readonly Change[];
  onProgress?: (line: string) => void;
  /** Nobody will ask whether the run is as the sources are now, which takes a while to find out. Default: false. */
  isUsedOnce?: boolean;
  /** Keep running after the process that started the fleet ends. Default: false, the fleet ends with its owner. */
  detached?: boolean;
  runId?: string;
  /**
   * A running run of this engine. The fleet has the same certificate authority, so that clients that trust that run
   * trust this one, and its own namespace on the same node if the engine has a node.
   */
  shareWith?: string;
  signal?: AbortSignal;
}

/** A running fleet for a test or a command. It works from any process, not only the one that started it. */
export interface Fleet extends AsyncDisposable {
  readonly engine: EngineName;
  readonly runId: string;
  readonly hosts: Hosts;
  readonly edge: EdgeAddress;
  readonly authentikControl: ControlAccess;

  deployments(): Promise<DeploymentStatus[]>;
  pods(deployment?: string): Promise<Pod[]>;
  /** Resolves when the new count is Ready and no surplus pod is left. */
  scale(deployment: string, replicas: number): Promise<void>;
  /** Resolves when every replica is Ready on the new template and the old pods are gone. */
  rollout(deployment: string, change?: TemplateChange): Promise<void>;
  /** Ends one pod's process with a signal; the engine restarts it as a kubelet would. */
  kill(pod: string, signal: NodeJS.Signals): Promise<void>;
  /** Deletes a pod gracefully (preStop, SIGTERM, grace, SIGKILL); its Deployment creates another. */
  deletePod(pod: string): Promise<void>;
  logs(pod: string, options?: { tail?: number }): Promise<string[]>;
  /** A pod's metrics in Prometheus' text format, from its `metrics` port. */
  metrics(pod: string): Promise<string>;
  /** A TCP address of a Service that the test machine can reach. */
  reach(service: string, port: number): Promise<{ host: string; port: number }>;
  /** Injects a fault into the connections to a Service until the next call; none: they work again. Only engines with `network-faults` have it. */
  setNetworkFault?(service: string, fault?: NetworkFault): Promise<void>;
  /**
   * Creates additional objects, which must not exist yet, and resolves when their Deployments are complete. Names are
   * mapped to the run's namespace, and images of the fleet to the ones it runs. Disposing removes them. Only engines
   * with `kubernetes` have it.
   */
  addObjects?(objects: readonly KubeObject[]): Promise<AsyncDisposable>;
  /** Where the fleet is in its cluster. Only engines with `kubernetes` have it. */
  readonly place?: ClusterPlace;
  /** Gives the nodes the apps' images by digest, as a pull would. @returns the digests; only engines with `image-digests` */
  imageDigests?(): Promise<string>;
  /**
   * Ends a process of the test machine, and its children, together with the run; even when the run's owner is killed.
   */
  adopt(pid: number): Promise<void>;
  /** Stops all processes of this run and removes its files. The calling process is not ended, even when adopted. */
  down(): Promise<void>;
}

export interface Engine {
  readonly name: EngineName;
  /** The apps of its fleets, which are built from their sources. */
  readonly apps: readonly string[];
  readonly capabilities: ReadonlySet<Capability>;
  /** A second fleet starts much faster on the node of a running one (`FleetOptions.shareWith`) than on its own node. */
  readonly sharesNode: boolean;

  up(options?: FleetOptions): Promise<Fleet>;
  /** The content hashes of a fleet that would be started now with these options; `originOf` has those of a run. */
  content(options?: Pick<FleetOptions, 'hosts' | 'authentik' | 'changes'>): Promise<Content>;
  attach(runId: string): Promise<Fleet>;
  /** Ends the remains of a run, even when its owner was killed. */
  reap(runId: string): Promise<void>;
}
