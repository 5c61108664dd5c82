import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../manifests/objects.ts';
import { runDirectory } from './state.ts';

const fileOf = (runId: string, deployment: string): string => join(runDirectory(runId), `replaced-${deployment}.json`);

/** Stores the objects that a rollout has replaced, to undo it. They may include Secrets: mode 0600. */
export function recordReplaced(runId: string, deployment: string, objects: readonly KubeObject[]): void {
  writeFileSync(fileOf(runId, deployment), JSON.stringify(objects), { mode: 0o600 });
}

/** The objects that the last rollout of a Deployment has replaced; undefined when there was none. */
export function replacedBy(runId: string, deployment: string): KubeObject[] | undefined {
  const file = fileOf(runId, deployment);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as KubeObject[]) : undefined;
}
