// `npm run smoke`: checks that a deployed fleet works as expected. It checks from outside, and changes nothing.
import { Option } from 'commander';
import { SmokeClient } from '../e2e/smoke/client.ts';
import { requestsHelp } from '../e2e/smoke/requests.ts';
import { checkReportsFolder, runSmoke } from '../e2e/smoke/run.ts';
import { accountIn, budgetWith, type SmokeTarget } from '../e2e/smoke/target.ts';
import { watch } from '../e2e/smoke/watch.ts';
import { exitCodes, HarnessError } from '../fleet/errors.ts';
import { commandLine, nonEmpty, positiveNumber, regularExpression, wholeNumber } from './command/command-line.ts';
import { interruption } from './command/interruption.ts';
import * as live from './command/live-options.ts';
import { exit, runCommand } from './command/run-command.ts';
import { exitCodeOfRun } from './runner/runner.ts';

type Options = live.TargetOptions &
  Pick<SmokeTarget, 'pods'> & {
    sha?: string;
    wait: number;
    authorize?: true;
    watch?: true;
    for?: number;
    reports: string;
    grep?: string;
  };

const command = live
  .withTargetOptions(commandLine('smoke'))
  .description('Checks a deployed fleet from outside. It is read-only, and needs no secret.')
  .option('--sha <revision>', 'what x-revision of every pod must be; without it, the same on all', nonEmpty)
  .option('--pods <n>', 'how many pods of each app must have answered', positiveNumber, 1)
  .option('--wait <seconds>', 'how long the pods may take to come to that revision', wholeNumber, 30)
  .option('--authorize', 'follow a sign-in into Authentik, which then remembers an anonymous visit')
  .option('--watch', 'ask every second until every pod is on --sha, or until Ctrl-C, and print what failed')
  .option('--for <seconds>', 'end --watch after this long', positiveNumber)
  .addOption(new Option('-g, --grep <pattern>', 'only these checks').argParser(regularExpression).conflicts('watch'));
const options = live
  .withSmokeReports(live.withConnectionOptions(command))
  .addHelpText('after', requestsHelp)
  .parse()
  .opts<Options>();

await runCommand(async () => {
  const { sha, pods, wait, authorize = false, reports, grep } = options;
  if (options.for !== undefined && !options.watch)
    throw new HarnessError('--for ends --watch. Add --watch, or leave it out.');
  checkReportsFolder(reports);
  const limits = { pods, wait: wait * 1_000, budget: budgetWith(wait * 1_000), authorize };
  const target: SmokeTarget = { ...(await live.fleetFrom(options)), ...limits, ...(sha === undefined ? {} : { sha }) };
  accountIn(process.env);
  // Reads the --ca file, so that a wrong one is reported at once.
  const client = new SmokeClient(target);
  if (!options.watch) return exitCodeOfRun(await runSmoke(target, reports, { grep, signal: interruption }));
  const passed = await watch(client, { seconds: options.for, signal: interruption });
  // Ctrl-C is the usual end of a watch, and its verdict still counts.
  return await exit(passed ? exitCodes.passed : exitCodes.productFailed);
});
