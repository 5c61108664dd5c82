import { Option, type Command } from 'commander';
import { checkOptions, explore, type ExploreOptions } from '../../e2e/explore/explore.ts';
import { regressionNamed } from '../../fixtures/regressions/catalogue.ts';
import { engineNames, engineOf } from '../../fleet/product/fleet.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { positiveNumber, wholeNumber } from '../command/command-line.ts';
import { engineToUse } from '../command/engine-to-use.ts';
import { interruption } from '../command/interruption.ts';
import { printCatalogue } from '../command/regression-option.ts';
import { progress } from '../command/run-command.ts';
import { checkReports } from '../runner/reports.ts';
import { measureSlowness } from '../runner/slowness.ts';

/** The options of `npm run prove -- explore`. */
export const withExploreOptions = (command: Command): Command =>
  command
    .description(
      'random sequences of actions of users, Authentik, Redis and the pods; each step is compared with a model of what users must see',
    )
    .option('--minutes <n>', 'how long to search', positiveNumber, 10)
    .option('--seed <n>', 'seed of the sequences; default: a new one', positiveNumber)
    .option('--from <n>', 'begin at the sequence of this number of the seed, as a failure prints it', wholeNumber)
    .addOption(
      new Option('--engine <name>', 'what runs the fleet (default: local, or that of --run)').choices(
        engineNames.filter((name) => engineOf(name).capabilities.has('kill')),
      ),
    )
    .addOption(
      new Option(
        '--run <id>',
        'use this fleet, which `npm run fleet -- up` started and nobody else uses, and leave it running',
      ).conflicts('regression'),
    )
    .option('--regression <name>', 'put this regression of the catalogue in, to see whether it is found')
    .option('--list', 'print the regressions that --regression takes, and stop')
    .addHelpText(
      'after',
      `
A failure is shrunk to a short sequence and written as a spec below e2e/found/. docs/explore.md describes the steps and the model. Ctrl-C while it shrinks keeps the shortest so far.
Exit codes: 0 nothing found, 1 a sequence failed, 2 the harness failed, 77 cannot run here.`,
    );

/** Searches on a fleet for a sequence after which users see something else than the model says. @returns the exit code */
export async function searchSequences(options: ExploreOptions & { list?: true }): Promise<number> {
  if (options.list) return printCatalogue();
  checkReports();
  const engine = engineToUse(options);
  checkOptions(options, engine);
  const regression = options.regression === undefined ? undefined : regressionNamed(options.regression);
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
