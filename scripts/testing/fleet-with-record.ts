import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { scratchFolder } from '../../fleet/testing.ts';
import type { RunRecord } from '../../e2e/report/verdict.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { repositoryRoot } from '../../fleet/root.ts';

/** Replaces a fleet for the test runner: a run on it leaves this record in its reports, whatever the runner does. */
export function fleetWithRecord(
  record: Partial<RunRecord>,
  reportsToLeave: Record<string, string> = {},
): { fleet: Fleet; folder: string; reports: string } {
  const folder = scratchFolder();
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, '');
  const reports = join(folder, 'reports');
  const fleet: Pick<Fleet, 'engine' | 'runId' | 'edge' | 'adopt'> = {
    engine: 'local',
    runId: 'none',
    edge: { proxyUrl: '', controlUrl: '', controlToken: '', caFile, spki: '' },
    adopt: async () => {
      const files = { ...reportsToLeave, 'verdict.json': JSON.stringify(record) };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(reports, name), text);
    },
  };
  return { fleet: fleet as Fleet, folder, reports: relative(repositoryRoot, reports) };
}
