import { HarnessError } from '../errors.ts';
import { readRunState } from '../run/state.ts';
import { clusterEngine, k3sEngine } from './kubernetes/on-demand.ts';
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

/** The engine in a run's state file; the local engine when there is no such run. */
export const engineOfRun = (runId: string): Engine => engineOf(readRunState(runId)?.engine ?? 'local');
