import { checkOptions, explore, type ExploreOptions } from '../../e2e/explore/explore.ts';
import { regressionNamed } from '../../fixtures/regression.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import { engines } from '../../fleet/product/fleet.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { engineToUse } from '../command/engine-to-use.ts';
import { interruption } from '../command/interruption.ts';
import { printCatalogue } from '../command/regression-option.ts';
import { progress } from '../command/run-command.ts';
import { checkReports } from '../runner/reports.ts';
import { measureSlowness } from '../runner/slowness.ts';

/** Searches on a fleet for a sequence after which users see something else than the model says. @returns the exit code */
export async function searchSequences(options: ExploreOptions & { list?: true }): Promise<number> {
  if (options.list) return printCatalogue(regressions());
  checkReports();
  const engine = engineToUse(options, engines);
  checkOptions(options, engine);
  const regression = options.regression === undefined ? undefined : regressionNamed(options.regression, regressions());
  const seed = options.seed ?? Math.floor(Math.random() * 1_000_000) + 1;
  const exploreOn = async (fleet: Fleet): Promise<number> => {
    const conditions = { slowness: measureSlowness(), signal: interruption, progress };
    return (await explore(fleet, { ...options, seed }, conditions)) ? exitCodes.passed : exitCodes.productFailed;
  };
  const running = options.run === undefined ? undefined : await engine.attach(options.run);
  progress(`Seed ${seed}, for ${options.minutes} min${regression ? `, with ${regression.name}` : ''}.`);
  if (running) return await exploreOn(running);
  const changes = regression ? [regression.change] : [];
  await using own = await engine.up({ changes, onProgress: progress, signal: interruption });
  return await exploreOn(own);
}
