// `npm run explore`: random sequences on a fleet, compared with a model of what people must see.
import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { chromium, type Browser } from '@playwright/test';
import { Option } from 'commander';
import { maxAnswerMs } from '../e2e/explore/replay.ts';
import { sentenceOf } from '../e2e/explore/run-step.ts';
import { World } from '../e2e/explore/world.ts';
import { chromiumArguments } from '../e2e/models/browser.ts';
import { browserOptions } from '../fixtures/browser.ts';
import { regressionNamed } from '../fixtures/regressions/catalogue.ts';
import { engineNames } from '../fleet/engines/engines.ts';
import type { Fleet } from '../fleet/engines/shared/engine.ts';
import { exitCodes } from '../fleet/errors.ts';
import { commandLine, positiveNumber, wholeNumber } from './command/command-line.ts';
import { engineToUse } from './command/engine-to-use.ts';
import { describeProgress } from './explore/describe.ts';
import { checkOptions, type ExploreOptions } from './explore/options.ts';
import { playerOn } from './explore/player.ts';
import { search } from './explore/search.ts';
import { reportFound } from './explore/report-found.ts';
import { interruption } from './command/interruption.ts';
import { checkReports } from './runner/reports.ts';
import { printCatalogue } from './command/print-list.ts';
import { progress, runCommand } from './command/run-command.ts';
import { measureSlowness } from './runner/slowness.ts';

const program = commandLine('explore')
  .description(
    'Runs random sequences of actions of users, Authentik, Redis and the pods, and compares each step with a model of what users must see.',
  )
  .option('--minutes <n>', 'how long to search', positiveNumber, 10)
  .option('--seed <n>', 'seed of the sequences; default: a new one', positiveNumber)
  .option('--from <n>', 'begin at the sequence of this number of the seed, as a failure prints it', wholeNumber)
  .addOption(
    new Option('--engine <name>', 'what runs the fleet (default: local, or that of --run)').choices(engineNames),
  )
  .option(
    '--run <id>',
    'use this fleet, which `npm run fleet -- up` started and nobody else uses, and leave it running',
  )
  .option('--regression <name>', 'put this regression of the catalogue in, to see whether it is found')
  .option('--list', 'print the regressions that --regression takes, and stop')
  .option('--no-fleet-changes', 'leave out rollouts, kills and outages of Redis')
  .addHelpText(
    'after',
    `
A failure is shrunk to a short sequence and written as a spec below e2e/found/, and with a stub of a regression below
reports/explore/. docs/explore.md describes the steps and the model. Ctrl-C while it shrinks keeps the shortest so far.
Exit codes: 0 nothing found, 1 a sequence failed, 2 the harness failed, 77 cannot run here.`,
  )
  .parse();
const options = program.opts<ExploreOptions & { list?: true }>();

/** Milliseconds to shrink a failure. */
const shrinkMs = 180_000;
/** Milliseconds between two lines of progress. */
const everyMs = 10_000;

await runCommand(async () => {
  if (options.list) return printCatalogue();
  checkReports();
  const engine = engineToUse(options);
  checkOptions(options, engine);
  const regression = options.regression === undefined ? undefined : regressionNamed(options.regression);
  const seed = options.seed ?? Math.floor(Math.random() * 1_000_000) + 1;
  const running = options.run === undefined ? undefined : await engine.attach(options.run);
  progress(`Seed ${seed}, for ${options.minutes} min${regression ? `, with ${regression.name}` : ''}.`);
  if (running) return await explore(running, seed);
  await using own = await engine.up({
    changes: regression ? [regression.change] : [],
    onProgress: progress,
    signal: interruption,
  });
  return await explore(own, seed);
});

async function explore(fleet: Fleet, seed: number): Promise<number> {
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(fleet.edge.caFile, 'utf8')]);
  let browser: Promise<Browser> | undefined;
  const begin = performance.now();
  let nextLine = everyMs;
  try {
    await using world = await World.on(fleet, {
      clientId: `explore-${seed}`,
      maxAnswerMs: maxAnswerMs * measureSlowness(),
      chromium: () => (browser ??= chromium.launch({ ...browserOptions(), args: chromiumArguments(fleet.edge) })),
    });
    const result = await search(playerOn(world), {
      seed,
      from: options.from ?? 0,
      searchMs: options.minutes * 60_000,
      shrinkMs,
      withFleet: options.fleetChanges,
      signal: interruption,
      report: (now, step) => {
        const ms = performance.now() - begin;
        if (process.env.EXPLORE_TRACE && step) progress(`${(ms / 1000).toFixed(1)} ${sentenceOf(step)}`);
        if (ms < nextLine) return;
        nextLine = ms + everyMs;
        progress(describeProgress(now, ms / 1000));
      },
      shrinking: ({ message, steps }) => progress(`Found after ${steps.length} steps: ${message}\nShrinking …`),
    });
    console.log(describeProgress(result.progress, (performance.now() - begin) / 1000));
    if (!result.found) {
      console.log(`Nothing found with seed ${seed}.`);
      return exitCodes.passed;
    }
    await reportFound(result.found, { seed, options });
    if (result.found.fault !== undefined) throw result.found.fault;
    return exitCodes.productFailed;
  } finally {
    await (await browser)?.close();
  }
}
