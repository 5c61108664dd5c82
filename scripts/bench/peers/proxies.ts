import { join } from 'node:path';
import Table from 'cli-table3';
import { HarnessError } from '../../../fleet/errors.ts';
import { runProgram } from '../../../fleet/programs.ts';
import { repositoryRoot } from '../../../fleet/root.ts';
import { interruption } from '../../command/interruption.ts';
import { progress } from '../../command/run-command.ts';
import { inMilliseconds, ratio } from '../figures.ts';

/** A way to the same pod, in milliseconds per request. */
interface Way {
  name: string;
  p50: number;
  p95: number;
}

/** The bench of the edge, in turns with httpxy, which Nuxt's own development server uses. */
export async function proxies(): Promise<Table.Table> {
  progress('  thousands of requests each way, in turns …');
  // It starts processes of its own, which end with its process group.
  const { stdout, stderr } = await runProgram(
    process.execPath,
    [join(repositoryRoot, 'fleet/edge/edge.bench.ts'), '--peers'],
    { abort: interruption, abortBy: 'SIGINT' },
  );
  interruption.throwIfAborted();
  const ways = waysIn(stdout, stderr);
  const [direct] = ways;
  const table = new Table({ head: ['', 'p50', 'of direct', 'p95', 'of direct'], style: { head: [], border: [] } });
  for (const { name, p50, p95 } of ways) {
    table.push([
      name,
      inMilliseconds(p50),
      ratio(p50, direct?.p50 ?? Number.NaN),
      inMilliseconds(p95),
      ratio(p95, direct?.p95 ?? Number.NaN),
    ]);
  }
  return table;
}

function waysIn(stdout: string, stderr: string): Way[] {
  try {
    return JSON.parse(stdout) as Way[];
  } catch (cause) {
    throw new HarnessError(`fleet/edge/edge.bench.ts --peers measured nothing. Its errors:\n${stderr}`, { cause });
  }
}
