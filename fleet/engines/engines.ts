import { HarnessError } from '../errors.ts';
import { readRunState, statesOf } from '../run/state.ts';
import { clusterEngine } from './cluster/on-demand.ts';
import { k3sEngine } from './k3s/on-demand.ts';
import { localEngine } from './local/engine.ts';
import type { Engine, RunSummary } from './shared/engine.ts';
import { summaryOf } from './shared/runs.ts';

const engines: Readonly<Record<string, Engine>> = { local: localEngine, k3s: k3sEngine, cluster: clusterEngine };

export const engineNames: readonly string[] = Object.keys(engines);

/** @throws HarnessError when there is no such engine. */
export function engineOf(name: string): Engine {
  const engine = engines[name];
  if (engine) return engine;
  throw new HarnessError(`There is no engine "${name}". They are: ${engineNames.join(', ')}.`);
}

/**
 * Runs of these engines on this machine, living or abandoned. When an engine cannot be queried (for example without
 * Docker), its runs are listed with that problem and the other engines are still queried.
 */
export const allRuns = async (of: readonly Engine[] = Object.values(engines)): Promise<RunSummary[]> =>
  (await Promise.all(of.map(runsOf))).flat();

/** Ends the remains of runs whose files are gone, on these engines. @returns their ids. */
export const reapOrphans = async (of: readonly Engine[] = Object.values(engines)): Promise<string[]> =>
  (await Promise.all(of.map((engine) => engine.reapOrphans?.() ?? []))).flat();

async function runsOf(engine: Engine): Promise<RunSummary[]> {
  try {
    return await engine.list();
  } catch (error) {
    const its = statesOf(engine.name);
    // When the engine has no known runs, nothing else would report the problem.
    if (its.length === 0) throw error;
    return its.map((state) => ({
      ...summaryOf(state),
      problem: `${state.runId}: the ${engine.name} engine cannot tell whether it is up. ${(error as Error).message}`,
    }));
  }
}

/** The engine in a run's state file; the local engine when there is no such run. */
export const engineOfRun = (runId: string): Engine => engineOf(readRunState(runId)?.engine ?? 'local');
