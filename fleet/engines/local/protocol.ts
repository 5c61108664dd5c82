import { constants } from 'node:os';
import { z } from 'zod';
import type { Hosts } from '../../hosts.ts';
import type { SourcesOfChanges } from '../../manifests/changes.ts';
import type { DeploymentStatus, Pod } from '../../manifests/status.ts';
import type { Model } from './model.ts';

/** The plan that the owner writes into the run's folder for the supervisor. It contains secrets: mode 0600. */
export interface SupervisorPlan {
  runId: string;
  model: Model;
  hosts: Hosts;
  /** Module that exports `images`. */
  imagesModule: string;
  builds: Record<string, string>;
  /** The changes that those were built with, in addition to the repository's own sources. */
  sources: SourcesOfChanges;
  endpointLag: number;
  /** Whether the run outlives its owner once the fleet is up. */
  detached: boolean;
  edge?: { caFile: string; controlToken: string; spki: string };
}

export const planFile = 'plan.json';

/** From the supervisor to its owner while the fleet comes up, over Node's IPC channel. */
export type StartMessage = { type: 'progress'; line: string } | { type: 'up' } | { type: 'failed'; error: ErrorBody };

export interface ErrorBody {
  message: string;
  exitCode: number;
}

/** A TemplateChange whose sources are built. */
const builtChange = z.strictObject({
  revision: z.string().exactOptional(),
  env: z.record(z.string(), z.string().nullable()).exactOptional(),
  unset: z.array(z.string()).readonly().exactOptional(),
  /** Folder that holds `.output`. */
  build: z.string().exactOptional(),
  force: z.boolean().exactOptional(),
});
export type BuiltChange = z.infer<typeof builtChange>;

const isSignal = (name: unknown): boolean => typeof name === 'string' && Object.hasOwn(constants.signals, name);

/** The calls of the control API, with the body of each. All are `POST /<name>` with JSON and a bearer token. */
const bodies = {
  status: z.strictObject({}),
  scale: z.strictObject({ deployment: z.string(), replicas: z.number() }),
  rollout: z.strictObject({ deployment: z.string(), change: builtChange }),
  undo: z.strictObject({ deployment: z.string() }),
  kill: z.strictObject({ pod: z.string(), signal: z.custom<NodeJS.Signals>(isSignal) }),
  delete: z.strictObject({ pod: z.string() }),
  /** Ends that process, and its children, when the run ends. */
  adopt: z.strictObject({ pid: z.number() }),
  /** Ends the run. `caller` and its ancestors are not ended, even when adopted. */
  down: z.strictObject({ caller: z.number() }),
};

export type CallName = keyof typeof bodies;
export type Bodies = { [Name in CallName]: z.infer<(typeof bodies)[Name]> };
export const schemas: { readonly [Name in CallName]: z.ZodType<Bodies[Name]> } = bodies;
export const callNames = Object.keys(bodies) as CallName[];

/** The result of each call, sent when its work is done. */
export interface Answers extends Record<Exclude<CallName, 'status'>, void> {
  status: Snapshot;
}

interface Snapshot {
  deployments: DeploymentStatus[];
  pods: Pod[];
  /** Local address of each Service port, by `<service>:<port>`. */
  services: Record<string, { host: string; port: number }>;
}
