import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runDirectory } from './state.ts';

/** Content hashes of a fleet, by part: a Deployment, `manifests` or `engine`. */
export type Content = Readonly<Record<string, string>>;

/** What a run was started from. */
export interface Origin {
  content: Content;
  /** The requested endpoint lag in milliseconds. */
  endpointLag?: number | undefined;
}

const fileOf = (runId: string): string => join(runDirectory(runId), 'origin.json');

/** Stores what a run is started from, and again when a rollout changes it. */
export function recordOrigin(runId: string, origin: Origin): void {
  writeFileSync(fileOf(runId), JSON.stringify(origin), { mode: 0o600 });
}

/** What a run was started from; without any part when it is unknown. */
export function originOf(runId: string): Origin {
  try {
    return JSON.parse(readFileSync(fileOf(runId), 'utf8')) as Origin;
  } catch {
    return { content: {} };
  }
}
