import { plainTable } from './plain-table.ts';
import { allRuns } from '../../fleet/engines/engines.ts';
import { clearAway } from '../../fleet/run/state.ts';

/** `fleet list`. */
export async function list(options: { json?: boolean }): Promise<void> {
  const runs = await allRuns();
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
    rows.push([runId, stateOf(alive), startedAt, detached ? 'no' : 'yes']);
  }
  process.stdout.write(`${rows.toString()}\n`);
  for (const { runId, alive, problem } of runs) {
    // A run that cannot be asked cannot be ended either. Its problem says what to do first.
    if (problem) process.stdout.write(alive === false ? `${problem} ${clearAway(runId)}\n` : `${problem}\n`);
  }
}

function stateOf(alive: boolean | undefined): string {
  if (alive === undefined) return 'unknown';
  return alive ? 'up' : 'abandoned';
}
