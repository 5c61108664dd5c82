import { regressionNamed, type Regression } from '../../fixtures/regression.ts';
import type { Engines } from '../../fleet/engines/engines.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { printRegressions } from '../command/regression-option.ts';
import { progress } from '../command/run-command.ts';
import { checkReports } from '../runner/reports.ts';
import type { Shard } from '../command/command-line.ts';
import { shardOf } from '../runner/sequencer.ts';
import { changedSince } from '../runner/changed.ts';
import { proveCatalogue } from './prove-catalogue.ts';

export interface ProveCommandOptions {
  engine: string;
  jobs?: number;
  changed?: string;
  shard?: Shard;
  clean: boolean;
  mutants?: true | string[];
  sample?: number;
  seed: number;
  list?: true;
}

/** What is proved: the catalogue of a product, on its fleets. */
export interface ProvedProduct {
  engines: Engines;
  all: readonly Regression[];
  /** Whether browsers may load this code of a regression without having it. */
  mayBeInScripts(code: string): boolean;
}

const listCommand = 'npm run prove -- --list';

/** Proves mutants, or the regressions of these names; without names the whole catalogue. @returns the exit code */
export async function prove(
  names: readonly string[],
  options: ProveCommandOptions,
  { engines: { engineOf }, all, mayBeInScripts }: ProvedProduct,
): Promise<number> {
  if (options.mutants !== undefined) {
    // StrykerJS is large, and only mutants need it.
    const { proveMutants } = await import('./mutants/prove-mutants.ts');
    const { mutants, engine, list = false, jobs, sample, seed } = options;
    const only = mutants === true ? [] : mutants;
    return proveMutants(engineOf(engine), { only, list, jobs, sample, seed, regressions: all });
  }
  const named = names.length > 0 ? [...new Set(names)].map((name) => regressionNamed(name, all, listCommand)) : all;
  const changed = options.changed === undefined ? named : await changedSince(options.changed, named);
  const chosen = options.shard ? shardOf(options.shard, changed) : changed;
  if (options.list) {
    printRegressions(chosen);
    return exitCodes.passed;
  }
  if (chosen.length === 0) {
    progress(`No regression is chosen, so there is nothing to prove. See: ${listCommand}`);
    return exitCodes.cannotRunHere;
  }
  checkReports();
  const engine = engineOf(options.engine);
  return await proveCatalogue(engine, {
    chosen,
    isPart: chosen.length < all.length,
    withClean: options.clean,
    jobs: options.jobs,
    mayBeInScripts,
  });
}
