// `npm run smoke`: checks that a deployed fleet works as expected. It checks from outside, and changes nothing.
import { Option } from 'commander';
import { accountIn, defaultBudget, type Target } from '../e2e/smoke/target.ts';
import { Visitor } from '../e2e/smoke/visitor.ts';
import { HarnessError } from '../fleet/errors.ts';
import { commandLine, nonEmpty, regularExpression } from './command/command-line.ts';
import { exitCodeOf } from './runner/runner.ts';
import { requestList } from './smoke/help.ts';
import { parseNumber, parseSeconds } from './smoke/formats.ts';
import { fleetAccess } from './smoke/fleet-access.ts';
import { checkReportsFolder, targetFrom, type SmokeOptions } from './smoke/options.ts';
import { runSmoke } from './smoke/run.ts';
import { watch } from './smoke/watch.ts';
import { urlAttributes, urlsFrom, withUrlOptions } from './smoke/url-options.ts';
import { withConnectionOptions } from './smoke/connection-options.ts';
import { exit, runCommand } from './command/run-command.ts';

const options = withConnectionOptions(
  withUrlOptions(commandLine('smoke'))
    .description('Checks a deployed fleet from outside. It is read-only, and needs no secret.')
    .addOption(
      new Option('--run <id>', 'check this fleet of this machine, whose addresses are then known').conflicts([
        ...urlAttributes,
        'proxy',
        'connectTo',
        'ca',
      ]),
    )
    .option('--sha <revision>', 'what x-revision of every pod must be; without it, the same on all', nonEmpty)
    .option('--pods <n>', 'how many pods of each app must have answered', parseNumber(1), 1)
    .option('--streak <n>', 'answers in a row that must agree', parseNumber(1), 20)
    .option('--wait <seconds>', 'how long the pods may take to come to that revision', parseSeconds(0), 30)
    .option('--budget <seconds>', 'how long all checks together may take', parseSeconds(1), defaultBudget)
    .option('--authorize', 'follow a sign-in into Authentik, which then remembers an anonymous visit')
    .option('--watch', 'look every second until every pod is on --sha, or until Ctrl-C, and print a timeline')
    .option('--for <seconds>', 'end --watch after this long', parseSeconds(1)),
)
  .option('-g, --grep <pattern>', 'only checks whose title matches', regularExpression)
  .addHelpText('after', requestList())
  .parse()
  .opts<SmokeOptions>();

await runCommand(async () => {
  if (options.for !== undefined && !options.watch)
    throw new HarnessError('--for ends --watch. Add --watch, or leave it out.');
  if (options.grep !== undefined && options.watch)
    throw new HarnessError('--grep chooses checks, and --watch has none. Leave one of them out.');
  checkReportsFolder(options.reports);
  const target = await smokeTarget();
  accountIn(process.env);
  // Reads the --ca file, so that a wrong one is reported at once.
  const visitor = new Visitor(target, { counted: false });
  // Ctrl-C is the usual end of a watch, and its verdict still counts.
  if (options.watch) return await exit(await watch(visitor, options.reports, options.for));
  return exitCodeOf(await runSmoke(target, options.reports, options.grep));
});

async function smokeTarget(): Promise<Target> {
  if (options.run === undefined) return targetFrom(options, urlsFrom({ ...options }));
  const { urls, access } = await fleetAccess(options.run);
  return { ...targetFrom(options, urls), ...access };
}
