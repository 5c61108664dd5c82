import { HarnessError } from '../errors.ts';
import { readRunState } from '../run/state.ts';
import { clusterEngine } from './cluster/on-demand.ts';
import { k3sEngine } from './k3s/on-demand.ts';
import { localEngine } from './local/engine.ts';
import type { Engine } from './shared/engine.ts';

const engines: Readonly<Record<string, Engine>> = { local: localEngine, k3s: k3sEngine, cluster: clusterEngine };

export const engineNames: readonly string[] = Object.keys(engines);

/** @throws HarnessError when there is no such engine. */
export function engineOf(name: string): Engine {
  const engine = engines[name];
  if (engine) return engine;
  throw new HarnessError(`There is no engine "${name}". They are: ${engineNames.join(', ')}.`);
}

/** Runs of all engines on this machine, living or abandoned. */
export const allRuns = async (): ReturnType<Engine['list']> =>
  (await Promise.all(Object.values(engines).map((engine) => engine.list()))).flat();

/** Ends the remains of runs without files, on every engine. @returns their ids. */
export const reapOrphans = async (): Promise<string[]> =>
  (await Promise.all(Object.values(engines).map((engine) => engine.reapOrphans?.() ?? []))).flat();

/** The engine in a run's state file; the local engine when there is no such run. */
export const engineOfRun = (runId: string): Engine => engineOf(readRunState(runId)?.engine ?? 'local');
