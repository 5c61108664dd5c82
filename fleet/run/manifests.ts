import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../manifests/objects.ts';
import { lost, runDirectory } from './state.ts';

const fileOf = (runId: string): string => join(runDirectory(runId), 'manifests.json');

/** Stores the objects that a run is started from. They include Secrets: mode 0600. */
export function recordManifests(runId: string, objects: readonly KubeObject[]): void {
  writeFileSync(fileOf(runId), JSON.stringify(objects), { mode: 0o600 });
}

/** The objects that a run was started from: rendered, with its changes, without the engine's additions. */
export function manifestsOf(runId: string): KubeObject[] {
  try {
    return JSON.parse(readFileSync(fileOf(runId), 'utf8')) as KubeObject[];
  } catch (cause) {
    throw lost('manifests', runId, cause);
  }
}
