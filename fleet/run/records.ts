import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Change } from '../manifests/change.ts';
import type { KubeObject } from '../manifests/objects.ts';
import { lost, runDirectory } from './state.ts';

/** Content hashes of a fleet, by part: a Deployment, `manifests` or `engine`. */
export type Content = Readonly<Record<string, string>>;

/** What a run was started from. */
export interface Origin {
  content: Content;
}

const fileOf = (runId: string, name: string): string => join(runDirectory(runId), `${name}.json`);

/** They may include Secrets: mode 0600. */
const write = (runId: string, name: string, value: unknown): void =>
  writeFileSync(fileOf(runId, name), JSON.stringify(value), { mode: 0o600 });

const read = (runId: string, name: string): unknown => JSON.parse(readFileSync(fileOf(runId, name), 'utf8'));

/** Stores what a run is started from, and again when a rollout changes it. */
export const recordOrigin = (runId: string, origin: Origin): void => write(runId, 'origin', origin);

/** What a run was started from; without any part when it is unknown. */
export function originOf(runId: string): Origin {
  try {
    return read(runId, 'origin') as Origin;
  } catch {
    return { content: {} };
  }
}

/** Stores the changes that a run is started with, so that a further fleet can have them as well. */
export const recordChanges = (runId: string, changes: readonly Change[]): void => write(runId, 'changes', changes);

/** The regressions and variants that a run was started with. @throws HarnessError when they are damaged. */
export function changesOf(runId: string): Change[] {
  if (!existsSync(fileOf(runId, 'changes'))) return [];
  try {
    return z.array(z.looseObject({})).parse(read(runId, 'changes'));
  } catch (cause) {
    throw lost('changes', runId, cause);
  }
}

/** Stores the objects that a run is started from. */
export const recordManifests = (runId: string, objects: readonly KubeObject[]): void =>
  write(runId, 'manifests', objects);

/** The objects that a run was started from: rendered, with its changes, without the engine's additions. */
export function manifestsOf(runId: string): KubeObject[] {
  try {
    return read(runId, 'manifests') as KubeObject[];
  } catch (cause) {
    throw lost('manifests', runId, cause);
  }
}
