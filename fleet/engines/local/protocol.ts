import type { Hosts } from '../../hosts.ts';
import type { SourceChange } from '../../manifests/change.ts';
import type { DeploymentStatus, Pod } from '../../manifests/status.ts';
import type { TemplateChange } from '../shared/engine.ts';
import type { Model } from './model.ts';

/** The plan that the owner writes into the run's folder for the supervisor. It contains secrets: mode 0600. */
export interface SupervisorPlan {
  runId: string;
  model: Model;
  hosts: Hosts;
  /** Module that exports `images`. */
  imagesModule: string;
  builds: Record<string, string>;
  /** What those were built with besides the repository's own sources. */
  sources: readonly SourceChange[];
  endpointLag: number;
  /** Outlive the owner, once the fleet is up. */
  detached: boolean;
  edge?: { caFile: string; controlToken: string; spki: string };
}

export const planFile = 'plan.json';

/** A change whose sources are built. */
export type BuiltChange = Omit<TemplateChange, 'sources'> & {
  /** Folder that holds `.output`. */
  build?: string;
};

/** From the supervisor to its owner while the fleet comes up, over Node's IPC channel. */
export type StartMessage = { type: 'progress'; line: string } | { type: 'up' } | { type: 'failed'; error: ErrorBody };

export interface ErrorBody {
  message: string;
  exitCode: number;
}

/** The control API: request and answer of each call. All are `POST /<name>` with JSON and a bearer token. */
export interface Calls {
  status: { request: Record<never, never>; answer: Snapshot };
  scale: { request: { deployment: string; replicas: number }; answer: Done };
  rollout: { request: { deployment: string; change: BuiltChange }; answer: Done };
  kill: { request: { pod: string; signal: NodeJS.Signals }; answer: Done };
  delete: { request: { pod: string }; answer: Done };
  /** Ends that process, and its children, when the run ends. */
  adopt: { request: { pid: number }; answer: Done };
  /** Ends everything. `caller` and those that started it are spared, adopted or not. */
  down: { request: { caller: number }; answer: Done };
}

type Done = Record<never, never>;

interface Snapshot {
  deployments: DeploymentStatus[];
  pods: Pod[];
  /** Local address of each Service port, by `<service>:<port>`. */
  services: Record<string, { host: string; port: number }>;
}
