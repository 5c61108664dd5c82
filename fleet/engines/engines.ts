import { HarnessError } from '../errors.ts';
import type { Engine } from './engine.ts';
import { k3sEngine } from './k3s.ts';
import { localEngine } from './local.ts';

const engines: Readonly<Record<string, Engine>> = { local: localEngine, k3s: k3sEngine };

export const engineNames: readonly string[] = Object.keys(engines);

/** @throws HarnessError when there is no such engine. */
export function engineOf(name: string): Engine {
  const engine = engines[name];
  if (engine) return engine;
  throw new HarnessError(`There is no engine "${name}". They are: ${engineNames.join(', ')}.`);
}
