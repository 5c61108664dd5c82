import type { Hosts } from '../hosts.ts';
import type { ControlPlane } from '../control-token.ts';
import type { Change, SourceChange } from '../change.ts';
import type { KubeObject } from '../objects.ts';

export type EngineName = 'local' | 'k3s' | 'cluster' | 'live';

/** What an engine can do beyond serving traffic. A spec that needs one says so; an engine without it skips by name. */
export type Capability =
  | 'rollout'
  | 'scale'
  /** Signals to the processes of pods. */
  | 'kill'
  | 'logs'
  | 'store'
  | 'variants'
  | 'authentik-control'
  /** What only a Kubernetes with Traefik does: volumes, session affinity, the order of routers, objects beside the fleet's. */
  | 'kubernetes'
  /** Connections to a Service (`reach`) are balanced by what the apps' own are balanced by. */
  | 'services'
  /** Further tags of images that the nodes have. */
  | 'image-tags'
  /** Proxies hear of the end of a pod a second late (`endpointLag`), as on a large cluster. */
  | 'endpoint-lag'
  /** Rollouts of an app built from other sources. */
  | 'builds';

export type PodPhase = 'Pending' | 'Running' | 'Terminating' | 'Succeeded' | 'Failed';

export interface Pod {
  name: string;
  /** Name of the Deployment that owns it. */
  deployment: string;
  /** `app.kubernetes.io/version` label of its template: what the app reports as `x-revision`. */
  revision: string;
  /** Hash of its template: changes with every rollout. */
  templateHash: string;
  phase: PodPhase;
  /** Passes its readiness probe. */
  ready: boolean;
  restarts: number;
  startedAt: string;
  /** Where the test machine reaches its `http` port, if it does. */
  address?: { host: string; port: number };
  /** Last exit code or signal, when it ended. */
  lastExit?: string;
}

export interface DeploymentStatus {
  name: string;
  replicas: number;
  ready: number;
  updated: number;
  /** True when every replica is Ready on the newest template and no old pod is left. */
  complete: boolean;
}

/** What a rollout changes in the pod template. Without any, it is a plain restart. */
export interface TemplateChange {
  /** New `app.kubernetes.io/version`. */
  revision?: string;
  /** Environment variables to set, or to remove with null. */
  env?: Record<string, string | null>;
  /**
   * A build of the app with these changes to its sources, besides those that the fleet was started with; none: the build
   * that the fleet was started with. Absent: the one that runs. Only engines with `builds` can.
   */
  sources?: readonly SourceChange[];
}

export interface ClusterPlace {
  /** Kubeconfig file of whoever started the fleet. */
  kubeconfig: string;
  namespace: string;
}

export interface EdgeAddress extends ControlPlane {
  /** `http://127.0.0.1:<port>`: what a browser, an API client or a process names as its proxy. */
  proxyUrl: string;
  /** PEM file of the run's certificate authority. */
  caFile: string;
  /** base64 SHA-256 of the edge's public key, for Chromium's `--ignore-certificate-errors-spki-list`. */
  spki: string;
}

export interface FleetOptions {
  /** Which host names the fleet answers to. Default: production. */
  hosts?: Hosts;
  /** Faults or variations to put in before it starts. */
  changes?: readonly Change[];
  /** Reports one line per phase. */
  onProgress?: (line: string) => void;
  /** Keep running after the process that started it ends. Default: false, the fleet dies with its owner. */
  detached?: boolean;
  /** Milliseconds from a pod's loss of readiness or its deletion until the edge stops sending to it. Default 1000. */
  endpointLag?: number;
  /** Name of the run. Default: a new one. */
  runId?: string;
  /**
   * Folder with the certificate authority of another run (where its `ca.pem` is), for a fleet that the same processes
   * shall trust: Node reads NODE_EXTRA_CA_CERTS once. Default: `FLEET_CA_DIR`, else a new authority.
   */
  authorityDirectory?: string;
  /** A run whose node this fleet may share, in a namespace of its own: engines whose node takes long to start heed it. */
  beside?: string;
  /** Gives the start up and leaves nothing of it. */
  signal?: AbortSignal;
}

/** A running fleet, as a test or a command sees it; works from any process, not only the one that started it. */
export interface Fleet extends AsyncDisposable {
  readonly engine: EngineName;
  readonly runId: string;
  readonly hosts: Hosts;
  readonly capabilities: ReadonlySet<Capability>;
  readonly edge: EdgeAddress;
  /** The mock Authentik's control plane. */
  readonly authentikControl: ControlPlane;

  deployments(): Promise<DeploymentStatus[]>;
  pods(deployment?: string): Promise<Pod[]>;
  /** Resolves when the new count is Ready and no surplus pod is left. */
  scale(deployment: string, replicas: number): Promise<void>;
  /** Resolves when every replica is Ready on the new template and the old pods are gone. */
  rollout(deployment: string, change?: TemplateChange): Promise<void>;
  /** Ends one pod's process with a signal; the engine restarts it as a kubelet would. */
  kill(pod: string, signal: NodeJS.Signals): Promise<void>;
  /** Deletes a pod gracefully (preStop, SIGTERM, grace, SIGKILL); its Deployment makes another. */
  deletePod(pod: string): Promise<void>;
  logs(pod: string, options?: { tail?: number }): Promise<string[]>;
  /** A TCP address of a Service as the test machine reaches it. */
  reach(service: string, port: number): Promise<{ host: string; port: number }>;
  /**
   * Puts objects beside the fleet's, which must not be there yet, and resolves when their Deployments are complete. What
   * they name is put into the run's place, and an image of the fleet's is the one that it runs. Disposing removes them.
   * Only engines with `kubernetes` have it.
   */
  addObjects?(objects: readonly KubeObject[]): Promise<AsyncDisposable>;
  /** Where the fleet is in its cluster. Only engines with `kubernetes` have it. */
  readonly place?: ClusterPlace;
  /**
   * Gives the images that the apps run on a further tag on every node, as if a release had been pushed under it.
   * Only engines with `image-tags` can.
   */
  tagImages?(tag: string): Promise<void>;
  /** Lets a process of the test machine, and what it started, end with the run: also when the run's owner is killed. */
  adopt(pid: number): Promise<void>;
  /** Stops everything of this run and removes its files. The calling process is spared, adopted or not. */
  down(): Promise<void>;
}

export interface RunSummary {
  runId: string;
  /** Absent: its engine cannot be asked, and it may live or not. */
  alive?: boolean;
  startedAt: string;
  detached: boolean;
  /** Why it counts as abandoned when its state cannot be read, or why its engine cannot be asked: as a sentence. */
  problem?: string;
}

export interface Engine {
  readonly name: EngineName;
  readonly capabilities: ReadonlySet<Capability>;
  /** A further fleet is up much sooner beside a running one (`FleetOptions.beside`) than on a node of its own. */
  readonly sharesNode: boolean;
  up(options?: FleetOptions): Promise<Fleet>;
  /** A fleet that another process started. */
  attach(runId: string): Promise<Fleet>;
  /** Runs of this engine on this machine, living or abandoned. */
  list(): Promise<RunSummary[]>;
  /** Ends what a run left behind, also when its owner was killed. */
  reap(runId: string): Promise<void>;
  /** Ends what is left of runs whose files are gone, and returns their ids. Absent: nothing of a run outlives its files. */
  reapOrphans?(): Promise<string[]>;
}
