import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Change } from '../manifests/change.ts';
import type { KubeObject } from '../manifests/objects.ts';
import { runDirectory } from './state.ts';

/** Content hashes of a fleet, by part: a Deployment, `manifests` or `engine`. */
export type Content = Readonly<Record<string, string>>;

export interface Origin {
  content: Content;
}

const fileOf = (runId: string, name: string): string => join(runDirectory(runId), `${name}.json`);

/** They may include Secrets: mode 0600. */
const write = (runId: string, name: string, value: unknown): void =>
  writeFileSync(fileOf(runId, name), JSON.stringify(value), { mode: 0o600 });

function read<T>(runId: string, name: string, missing: T): T {
  const file = fileOf(runId, name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : missing;
}

/** Stores what a run is started from, and again when a rollout changes it. */
export const recordOrigin = (runId: string, origin: Origin): void => write(runId, 'origin', origin);

/** What a run was started from; without any part when it is unknown. */
export const originOfRun = (runId: string): Origin => read(runId, 'origin', { content: {} });

/** Stores the changes that a run is started with, so that a further fleet can have them as well. */
export const recordChanges = (runId: string, changes: readonly Change[]): void => write(runId, 'changes', changes);

/** The regressions and variants that a run was started with. */
export const changesOf = (runId: string): Change[] => read(runId, 'changes', []);

/** Stores the objects that a run is started from. */
export const recordManifests = (runId: string, objects: readonly KubeObject[]): void =>
  write(runId, 'manifests', objects);

/** The objects that a run was started from: rendered, with its changes, without the engine's additions. */
export const manifestsOfRun = (runId: string): KubeObject[] => read(runId, 'manifests', []);

/** Notes which test is changing a fleet, before it does. @param test `spec: title` */
export const recordTestThatChanges = (runId: string, test: string): void => write(runId, 'changed-by', test);

/** Called when that test has passed, and so has undone what it changed. */
export const forgetTestThatChanges = (runId: string): void => rmSync(fileOf(runId, 'changed-by'), { force: true });

/** The test that changed a fleet and did not pass; undefined when there is none, and the fleet is as it was started. */
export const changedByTest = (runId: string): string | undefined =>
  read<string | undefined>(runId, 'changed-by', undefined);
