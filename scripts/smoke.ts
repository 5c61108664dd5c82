// `npm run smoke`: checks that a deployed fleet works as expected. It checks from outside, and changes nothing.
import { Option } from 'commander';
import { accountIn, budgetWith, userAgent, type SmokeTarget } from '../e2e/probes/target.ts';
import { exitCodes, HarnessError } from '../fleet/errors.ts';
import { commandLine, nonEmpty, positiveNumber, regularExpression, wholeNumber } from './command/command-line.ts';
import { interruption } from './command/interruption.ts';
import * as live from './live/live-options.ts';
import { exit, runCommand } from './command/run-command.ts';

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
  .addHelpText(
    'after',
    `
Each request is a GET of a path in e2e/probes/requests.ts, with the user agent "${userAgent}".
No request carries a session. Nothing else is sent: a check that tries is stopped.

With SMOKE_USERNAME and SMOKE_PASSWORD a browser signs this test user in to each app through Authentik, /api/me is
read 20 times with the session and 20 times after signing out, and the old cookie must be refused. That begins and ends
a session, as each visit does; the browser reads from the apps and talks with Authentik, and with nobody else.

--watch: each second, for each app, 4 x /api/_health/ready, 1 x /auth/oidc/login and 2 x /api/me, and Authentik's
discovery document.

Each answer must be complete within 10 s and 8 MiB, and all checks within two minutes and --wait for each app. Checks
that did not run in that time are listed as not checked. The exit code is then 2, unless a check has failed.

Reports: smoke.json, junit.xml; traces of a failed sign-in, without secrets, in test-results.
Exit codes: 0 all well; 1 the product failed, also when a host does not answer or its certificate is not trusted;
2 wrong options, or the harness failed; 77 cannot run here.`,
  )
  .parse()
  .opts<Options>();

await runCommand(async () => {
  const { sha, pods, wait, authorize = false, reports, grep } = options;
  if (options.for !== undefined && !options.watch)
    throw new HarnessError('--for ends --watch. Add --watch, or leave it out.');
  const { checkReportsFolder, runSmoke } = await import('../e2e/smoke/run.ts');
  checkReportsFolder(reports);
  const limits = { pods, wait: wait * 1_000, budget: budgetWith(wait * 1_000), authorize };
  const target: SmokeTarget = { ...(await live.fleetFrom(options)), ...limits, ...(sha === undefined ? {} : { sha }) };
  accountIn(process.env);
  // Reads the --ca file, so that a wrong one is reported at once.
  const { SmokeClient } = await import('../e2e/probes/client.ts');
  const client = new SmokeClient(target);
  if (!options.watch) {
    const { exitCodeOfRun } = await import('./runner/runner.ts');
    return exitCodeOfRun(await runSmoke(target, reports, { grep, signal: interruption }));
  }
  const { watch } = await import('../e2e/probes/watch.ts');
  const passed = await watch(client, { seconds: options.for, signal: interruption });
  // Ctrl-C is the usual end of a watch, and its verdict still counts.
  return await exit(passed ? exitCodes.passed : exitCodes.productFailed);
});
