import { styleText } from 'node:util';
import { Option, type Command } from 'commander';
import { appNames } from '../../apps/environment/apps.ts';
import { SmokeClient } from '../../e2e/probes/client.ts';
import { checkedIn, describeFinding, findingsIn, unnamedIn } from '../../e2e/probes/findings.ts';
import { askEachSecond, askOnce, sessionsIn, tally } from '../../e2e/probes/probes.ts';
import { sessionLinesIn } from '../../e2e/models/session-reports.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { readGiven } from '../../fleet/read-given.ts';
import { fromCallersFolder, positiveNumber } from '../command/command-line.ts';
import { interruption } from '../command/interruption.ts';
import { withConnectionOptions, type TargetOptions, type WayToFleet } from '../live/live-options.ts';
import { progress, runCommand } from '../command/run-command.ts';
import { accountIn } from '../../e2e/probes/target.ts';
import { logTable } from './log-table.ts';
import { signedInToAll } from './watch.ts';

type Options = TargetOptions & { for: number; cookie?: string; logs?: string };

/** Says what is wrong with which pod of a deployed fleet, from its answers or its logs. It changes nothing. */
export async function diagnose(commandLine: Command, { withTargetOptions, fleetFrom }: WayToFleet): Promise<never> {
  const command = withTargetOptions(commandLine)
    .description(
      'Sends requests to each pod of a deployed fleet for a while, and says which pod answers what wrongly. It is read-only.',
    )
    .option('--for <seconds>', 'how long to ask', positiveNumber, 15)
    .option(
      '--cookie <file>',
      'file with a line "<app>: <cookie header>" for each session, to see which pods refuse it',
      fromCallersFolder,
    )
    .addOption(
      new Option(
        '--logs <file>',
        'ask nothing; count why sessions ended in these logs of the apps; - is standard input',
      )
        .argParser(fromCallersFolder)
        .conflicts(['run', 'kustomization', 'cookie']),
    );
  const options = withConnectionOptions(command)
    .addHelpText(
      'after',
      `
It asks as \`smoke --watch\` does, and 4 x GET /api/me with a session: that of --cookie, or of the test user in
SMOKE_USERNAME and SMOKE_PASSWORD.
Logs: kubectl logs -n dezky -l 'app.kubernetes.io/name in (${appNames.join(',')})' --since=1h --tail=-1 | npm run diagnose -- --logs -
Exit codes: 0 nothing is wrong in what was checked, 1 something is (logs: a pod or the store lost sessions, or Authentik
refused the app), 2 wrong options or the harness failed, 77 cannot run here.`,
    )
    .parse()
    .opts<Options>();

  return runCommand(async () => {
    if (options.logs !== undefined) {
      const { text, isWrong } = logTable(sessionLinesIn(readGiven(options.logs, '--logs').split('\n')));
      console.log(text);
      return isWrong ? exitCodes.productFailed : exitCodes.passed;
    }
    const fleet = await fleetFrom(options);
    const client = new SmokeClient({ ...fleet, pods: 1, wait: 0, budget: 0, authorize: false });
    const { sessions, failed } =
      options.cookie === undefined
        ? await signedInToAll(client, accountIn(process.env))
        : { sessions: sessionsIn(options.cookie), failed: [] };
    progress(`Asking ${Object.values(fleet.urls).join(', ')} for ${options.for} s …`);
    const asked = await askEachSecond((at) => askOnce(client, sessions, at), {
      seconds: options.for,
      signal: interruption,
    });
    const answers = [...failed, ...asked];
    interruption.throwIfAborted();
    for (const app of appNames) {
      const answered = answers.filter(({ of, status }) => of === app && status > 0);
      console.log(`${app}: ${tally(answered.map(({ problem: _problem, ...answer }) => answer)) || 'no answer'}`);
    }
    const findings = findingsIn(answers, fleet.urls);
    for (const [index, finding] of findings.entries()) console.log(`\n${describeFinding(finding, index + 1)}`);
    for (const sentence of unnamedIn(answers)) console.log(`\n${sentence}`);
    if (findings.length === 0)
      console.log(`\n${styleText('green', '✓')} ${answers.length} answers, each as it should be.`);
    if (answers.some(({ status }) => status > 0)) console.log(checkedIn(answers, sessions).join('\n'));
    return findings.length > 0 ? exitCodes.productFailed : exitCodes.passed;
  });
}
