import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from '../errors.ts';
import type { KubeObject } from '../manifests/objects.ts';
import { runDirectory } from './state.ts';

const fileOf = (runId: string): string => join(runDirectory(runId), 'manifests.json');

/** Keeps what a run is started from. Secrets are among it: mode 0600. */
export function recordManifests(runId: string, objects: readonly KubeObject[]): void {
  writeFileSync(fileOf(runId), JSON.stringify(objects), { mode: 0o600 });
}

/** What a run was started from: the rendered objects with its changes put in, before the engine filled in its own part. */
export function manifestsOf(runId: string): KubeObject[] {
  try {
    return JSON.parse(readFileSync(fileOf(runId), 'utf8')) as KubeObject[];
  } catch (cause) {
    throw new HarnessError(
      `What the run ${runId} was started from is not known any more. Start it anew: npm run fleet -- down ${runId}, then up`,
      { cause },
    );
  }
}
