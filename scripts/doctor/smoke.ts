import { Option, type Command } from 'commander';
import { checks } from '../../e2e/probes/checks/all.ts';
import { checkContext } from '../../e2e/probes/checks/app-check.ts';
import { SmokeClient } from '../../e2e/probes/client.ts';
import { accountIn, secretsOf } from '../../e2e/probes/account.ts';
import { budgetWith, userAgent, type SmokeTarget } from '../../e2e/probes/target.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { nonEmpty, positiveNumber, regularExpression, wholeNumber } from '../command/command-line.ts';
import { interruption } from '../command/interruption.ts';
import { exit, runCommand } from '../command/run-command.ts';
import { accessBy, withConnectionOptions } from '../live/connection-options.ts';
import { urlOptionNames, withSmokeReports, type TargetOptions, type WayToFleet } from '../live/live-options.ts';
import { reportChecks } from './reports.ts';
import { anyAppIn, smokeAnyApp, withAnyAppOptions, type AnyAppOptions } from './smoke-any-app.ts';
import { watch, watchedApp, watchedFleet } from './watch.ts';

type Options = TargetOptions &
  AnyAppOptions &
  Pick<SmokeTarget, 'pods'> & {
    sha?: string;
    wait?: number;
    authorize: boolean;
    watch?: true;
    for?: number;
    maxFailures?: number;
    json?: true;
    reports?: string;
    grep?: string;
  };

/** Checks that a deployed fleet works as expected. It checks from outside, and changes nothing. */
export async function smoke(
  commandLine: Command,
  { withTargetOptions, fleetFrom, takesAnyApp, reports: folder }: WayToFleet,
): Promise<never> {
  const command = withTargetOptions(commandLine)
    .description('Checks a deployed fleet from outside. It is read-only, and needs no secret.')
    .option('--sha <revision>', 'what x-revision of every pod must be; without it, the same on all', nonEmpty)
    .option('--pods <n>', 'how many pods of each app must have answered', positiveNumber, 1)
    .option(
      '--wait <seconds>',
      'how long the pods may take to come to one revision (default: 30 with --sha, else 5)',
      wholeNumber,
    )
    .option('--no-authorize', 'do not follow a sign-in into Authentik, which remembers it as an anonymous visit')
    .option('--watch', 'ask every second until every pod is on --sha, or until Ctrl-C, and print what failed')
    .option('--for <seconds>', 'end --watch after this long', positiveNumber)
    .option('--max-failures <n>', 'end --watch after this many wrong answers', positiveNumber)
    .option('--json', 'print the result of --watch as JSON, and its progress to standard error')
    .addOption(new Option('-g, --grep <pattern>', 'only these checks').argParser(regularExpression).conflicts('watch'));
  const described = takesAnyApp
    ? withAnyAppOptions(command, ['sha', 'pods', 'wait', 'authorize', ...urlOptionNames]).option(
        '--cookie <name>',
        'name of its session cookie',
        nonEmpty,
      )
    : command;
  const options = withSmokeReports(withConnectionOptions(described), folder)
    .addHelpText(
      'after',
      `
Each request to operator, portal and Authentik is a GET of a path in e2e/probes/requests.ts, with the user agent
"${userAgent}", and none carries a session. Nothing else is sent: a check that tries
is stopped.

With SMOKE_USERNAME and SMOKE_PASSWORD this test user signs in to each app by HTTP, through the flow of Authentik;
/api/me is read 20 times with the session and 20 times after signing out, and the old cookie must be refused. That begins
and ends a session, as each visit does. At the app of --url it signs in if its provider is Authentik, and --issuer names it.

--watch: each second, for each app, 4 x /api/_health/ready, 1 x /auth/oidc/login and 2 x /api/me, and Authentik's
discovery document; with a test user 4 x /api/me with its session.

Each answer must be complete within 8 s and 8 MiB, and all checks within two minutes and --wait for each app. Checks
that did not run in that time, or of a host whose answer was too late, are listed as not checked. The exit code is then
2, unless a check has failed.

Reports: smoke.json, junit.xml, smoke.sarif.
Exit codes: 0 all well; 1 the product failed, also when a host does not answer or its certificate is not trusted;
2 wrong options, or the harness failed; 77 cannot run here.`,
    )
    .parse()
    .opts<Options>();

  return runCommand(async () => {
    const { sha, pods, wait = sha === undefined ? 5 : 30, authorize, reports, grep, maxFailures } = options;
    const ofWatch = Object.entries({ for: options.for, 'max-failures': maxFailures, json: options.json });
    const [alone] = ofWatch.find(([, value]) => value !== undefined && !options.watch) ?? [];
    if (alone !== undefined)
      throw new HarnessError(`--${alone} is an option of --watch. Add --watch, or leave it out.`);
    const access = accessBy(options);
    const app = await anyAppIn(options, access);
    if (app && !options.watch) return smokeAnyApp(app, { grep, reports, signal: interruption });
    const targetOf = async (): Promise<SmokeTarget> => ({
      ...(await fleetFrom(options)),
      pods,
      wait: wait * 1_000,
      budget: budgetWith(wait * 1_000),
      authorize,
      ...(sha === undefined ? {} : { sha }),
    });
    if (!options.watch) return smokeOf(await targetOf(), reports, { grep, signal: interruption });
    const watched = app
      ? watchedApp(app)
      : await watchedFleet(new SmokeClient(await targetOf()), accountIn(process.env));
    const passed = await watch(watched, {
      seconds: options.for,
      maxFailures,
      json: options.json ?? false,
      signal: interruption,
    });
    // Ctrl-C is the usual end of a watch, and its verdict still counts.
    return await exit(passed ? exitCodes.passed : exitCodes.productFailed);
  });
}

/** Runs the checks of operator and portal, and writes the reports. @returns the exit code. */
export async function smokeOf(
  target: SmokeTarget,
  reports: string | undefined,
  { grep, signal }: { grep?: string | undefined; signal: AbortSignal },
): Promise<number> {
  const context = checkContext(target, accountIn(process.env));
  const secrets = secretsOf(target, process.env);
  return reportChecks(checks, context, { budget: target.budget, signal, grep, secrets, reports, target });
}
