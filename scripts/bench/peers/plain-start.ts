import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { localEngine } from '../../../fleet/engines/local/engine.ts';
import { planFile, type SupervisorPlan } from '../../../fleet/engines/local/protocol.ts';
import { runDirectory } from '../../../fleet/run/state.ts';
import { interruption } from '../../command/interruption.ts';
import { progress } from '../../command/run-command.ts';
import { inSeconds, median, ratio } from '../figures.ts';
import { host, plainPods } from './plain-pods.ts';
import { accepts, startProgram } from './running-program.ts';

const rounds = 3;

/** Starts of a fleet and of a plain loop, in turns. */
export async function plainStart(): Promise<Table.Table> {
  const fleetMs: number[] = [];
  const loopMs: number[] = [];
  let processes = 0;
  const folder = mkdtempSync(join(tmpdir(), 'bench-plain-'));
  try {
    const caFile = join(folder, 'ca.pem');
    progress('  a fleet that is not measured, for the builds …');
    await fleetPlan(caFile, () => {});
    for (let round = 1; round <= rounds; round += 1) {
      progress(`  round ${round} of ${rounds}: a fleet, then a plain loop …`);
      const begin = performance.now();
      const plan = await fleetPlan(caFile, () => fleetMs.push(performance.now() - begin));
      const pods = await plainPods(plan, folder, caFile);
      processes = pods.length;
      loopMs.push(await loop(pods));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const table = new Table({ head: ['', `median of ${rounds}`, 'of the loop'], style: { head: [], border: [] } });
  const row = (name: string, times: readonly number[]): void =>
    void table.push([name, inSeconds(median(times)), ratio(median(times), median(loopMs))]);
  row(`plain loop: ${processes} processes, until their ports accept`, loopMs);
  row('fleet: rendered, certified, until all is Ready and routed', fleetMs);
  return table;
}

/** Starts a fleet, and takes it down before the loop starts. @returns what it ran. */
async function fleetPlan(caFile: string, up: () => void): Promise<SupervisorPlan> {
  await using fleet = await localEngine.up({ signal: interruption });
  up();
  copyFileSync(fleet.edge.caFile, caFile);
  return JSON.parse(readFileSync(join(runDirectory(fleet.runId), planFile), 'utf8')) as SupervisorPlan;
}

/** Spawns all at once. @returns milliseconds until every port accepts connections. */
async function loop(pods: Awaited<ReturnType<typeof plainPods>>): Promise<number> {
  await using running = new AsyncDisposableStack();
  const begin = performance.now();
  const programs = pods.map(({ file, args, cwd, env, ports }) => ({
    program: running.use(startProgram(file, args, { cwd, env })),
    ports,
  }));
  await Promise.all(
    programs.flatMap(({ program, ports }) => ports.map((port) => program.waitUntil(() => accepts(port, host)))),
  );
  return performance.now() - begin;
}
