import { plainTable } from './plain-table.ts';
import { listRuns } from '../../fleet/run/runs.ts';
import { clearAway } from '../../fleet/run/state.ts';

/** `fleet list`. */
export function list(options: { json?: boolean }): void {
  const runs = listRuns();
  if (options.json) {
    process.stdout.write(`${JSON.stringify(runs, undefined, 2)}\n`);
    return;
  }
  if (runs.length === 0) {
    process.stdout.write('No runs. Start one with: npm run fleet -- up\n');
    return;
  }
  const rows = plainTable(['RUN', 'STATE', 'STARTED', 'ENDS WITH ITS OWNER']);
  for (const { runId, alive, startedAt, detached } of runs) {
    rows.push([runId, alive ? 'up' : 'abandoned', startedAt, detached ? 'no' : 'yes']);
  }
  process.stdout.write(`${rows.toString()}\n`);
  for (const { runId, problem } of runs) if (problem) process.stdout.write(`${problem} ${clearAway(runId)}\n`);
}
