import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JSONReport } from '@playwright/test/reporter';
import type { EngineName } from '../../fleet/run/state.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { readJson } from '../report/read-json.ts';
import { cellAnnotation, specsIn } from '../report/outcome.ts';
import { momentNames, type MomentName } from './moments.ts';

const file = 'e2e/faults/seen.json';

/** What users saw in the last whole matrix that passed on an engine; an engine without a fault has no row of it. */
export interface SeenMatrix {
  /** The day, `2026-01-31`. */
  on: string;
  /** By fault and moment: all that was seen. */
  cells: Record<string, Partial<Record<MomentName, string>>>;
}
type SeenMatrices = Partial<Record<EngineName, SeenMatrix>>;

export const readSeen = (): SeenMatrices =>
  readJson<SeenMatrices>(join(repositoryRoot, file), 'npm run e2e -- --matrix') ?? {};

/** Keeps what a whole matrix has shown, for docs/faults.md. */
export function keepSeen(results: JSONReport, engine: EngineName): void {
  const cells: SeenMatrix['cells'] = {};
  for (const { path, spec } of specsIn(results)) {
    const fault = path.at(-1) ?? '';
    for (const { type, description = '' } of spec.tests.flatMap(({ annotations }) => annotations)) {
      const moment = momentNames.find((name) => description.startsWith(`${fault}: ${name}: `));
      if (type === cellAnnotation && moment)
        (cells[fault] ??= {})[moment] = description.slice(`${fault}: ${moment}: `.length);
    }
  }
  const on = new Date().toISOString().slice(0, 10);
  writeFileSync(join(repositoryRoot, file), `${JSON.stringify({ ...readSeen(), [engine]: { on, cells } }, null, 2)}\n`);
}
