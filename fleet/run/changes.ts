import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Change } from '../manifests/change.ts';
import { runDirectory } from './state.ts';

const fileOf = (runId: string): string => join(runDirectory(runId), 'changes.json');

/** Stores the changes that a run is started with, so that a further fleet can have them as well. */
export function recordChanges(runId: string, changes: readonly Change[]): void {
  writeFileSync(fileOf(runId), JSON.stringify(changes), { mode: 0o600 });
}

/** The regressions and variants that a run was started with. */
export const changesOf = (runId: string): Change[] =>
  existsSync(fileOf(runId)) ? (JSON.parse(readFileSync(fileOf(runId), 'utf8')) as Change[]) : [];
