import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Change } from '../manifests/change.ts';
import { lost, runDirectory } from './state.ts';

const fileOf = (runId: string): string => join(runDirectory(runId), 'changes.json');

/** Stores the changes that a run is started with, so that a further fleet can have them as well. */
export function recordChanges(runId: string, changes: readonly Change[]): void {
  writeFileSync(fileOf(runId), JSON.stringify(changes), { mode: 0o600 });
}

/** The regressions and variants that a run was started with. @throws HarnessError when they are damaged. */
export function changesOf(runId: string): Change[] {
  if (!existsSync(fileOf(runId))) return [];
  try {
    return z.array(z.looseObject({})).parse(JSON.parse(readFileSync(fileOf(runId), 'utf8')));
  } catch (cause) {
    throw lost('changes', runId, cause);
  }
}
