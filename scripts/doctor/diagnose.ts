import { styleText } from 'node:util';
import { Option, type Command } from 'commander';
import { appNames } from '../../apps/environment/apps.ts';
import { SmokeClient } from '../../e2e/probes/client.ts';
import type { AnyAppContext } from '../../e2e/probes/any-app/checks.ts';
import { roundOf } from '../../e2e/probes/any-app/round.ts';
import {
  checkedIn,
  describeFinding,
  findingsIn,
  findingsOfAnyApp,
  notOn,
  unnamedIn,
  type Finding,
} from '../../e2e/probes/findings.ts';
import { askEachSecond, askOnce, sessionsIn, tally, type AskRound, type ProbeAnswer } from '../../e2e/probes/probes.ts';
import { sessionLinesIn } from '../../e2e/models/session-reports.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { readGiven } from '../../fleet/read-given.ts';
import { fromCallersFolder, nonEmpty, positiveNumber } from '../command/command-line.ts';
import { interruption } from '../command/interruption.ts';
import { accessBy, withConnectionOptions } from '../live/connection-options.ts';
import { urlOptionNames, type TargetOptions, type WayToFleet } from '../live/live-options.ts';
import { progress, runCommand } from '../command/run-command.ts';
import { accountIn } from '../../e2e/probes/account.ts';
import { logTable } from './log-table.ts';
import { anyAppIn, withAnyAppOptions, type AnyAppOptions } from './smoke-any-app.ts';
import { signedInToAll } from './watch.ts';

type Options = TargetOptions & AnyAppOptions & { for: number; sha?: string; logs?: string };

/** Says what is wrong with which pod of a deployed fleet, from its answers or its logs. It changes nothing. */
export async function diagnose(
  commandLine: Command,
  { withTargetOptions, fleetFrom, takesAnyApp }: WayToFleet,
): Promise<never> {
  const command = withTargetOptions(commandLine)
    .description(
      'Sends requests to each pod of a deployed fleet for a while, and says which pod answers what wrongly. It is read-only.',
    )
    .option('--for <seconds>', 'how long to ask', positiveNumber, 10)
    .option('--sha <revision>', 'what x-revision of every pod must be', nonEmpty)
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
        .conflicts(['run', 'kustomization', 'cookie', 'sha']),
    );
  const described = takesAnyApp ? withAnyAppOptions(command, ['cookie', 'logs', 'sha', ...urlOptionNames]) : command;
  const options = withConnectionOptions(described)
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
      const lines = (await readGiven(options.logs, '--logs')).split('\n');
      const { text, isWrong } = logTable(sessionLinesIn(lines));
      console.log(text);
      return isWrong ? exitCodes.productFailed : exitCodes.passed;
    }
    const access = accessBy(options);
    const { cookie, sha, ...described } = options;
    const app = takesAnyApp && (await anyAppIn(described, access));
    const {
      names,
      urls,
      before,
      askRound,
      findings: findingsOf,
      closing,
    } = app ? appToDiagnose(app) : await fleetToDiagnose(await fleetFrom(options), { cookie, sha });
    progress(`Asking ${urls.join(', ')} for ${options.for} s …`);
    const answers = [...before, ...(await askEachSecond(askRound, { seconds: options.for, signal: interruption }))];
    interruption.throwIfAborted();
    for (const name of names) {
      const answered = answers.filter(({ of, status }) => of === name && status > 0);
      console.log(`${name}: ${tally(answered.map(({ problem: _problem, ...answer }) => answer)) || 'no answer'}`);
    }
    const findings = await findingsOf(answers);
    for (const [index, finding] of findings.entries()) console.log(`\n${describeFinding(finding, index + 1)}`);
    if (findings.length === 0)
      console.log(`\n${styleText('green', '✓')} ${answers.length} answers, each as it should be.`);
    for (const sentence of closing(answers)) console.log(sentence);
    return findings.length > 0 ? exitCodes.productFailed : exitCodes.passed;
  });
}

/** What is asked, and how the answers are judged. */
interface Diagnosed {
  /** Of the apps, as answers have them. */
  names: readonly string[];
  urls: readonly string[];
  /** Answers that came before the first round. */
  before: readonly ProbeAnswer[];
  askRound: AskRound;
  findings: (answers: readonly ProbeAnswer[]) => Finding[] | Promise<Finding[]>;
  /** What was not looked at, in sentences. */
  closing: (answers: readonly ProbeAnswer[]) => string[];
}

async function fleetToDiagnose(
  fleet: Awaited<ReturnType<WayToFleet['fleetFrom']>>,
  { cookie, sha }: { cookie: string | undefined; sha: string | undefined },
): Promise<Diagnosed> {
  const client = new SmokeClient({ ...fleet, pods: 1, wait: 0, budget: 0, authorize: false });
  const { sessions, failed } =
    cookie === undefined
      ? await signedInToAll(client, accountIn(process.env))
      : { sessions: await sessionsIn(cookie), failed: [] };
  return {
    names: appNames,
    urls: Object.values(fleet.urls),
    before: failed,
    askRound: (at) => askOnce(client, sessions, at),
    findings: async (answers) => [
      ...findingsIn(answers, fleet.urls),
      ...(sha === undefined ? [] : notOn(sha, answers)),
      ...((await fleet.rollouts?.()) ?? []),
    ],
    closing: (answers) => [
      ...unnamedIn(answers).map((sentence) => `\n${sentence}`),
      ...(answers.some(({ status }) => status > 0) ? checkedIn(answers, sessions) : []),
      'Plain HTTP, signing out, and a sign-in at each pod were not looked at: smoke does, with a test user.',
      ...(sha === undefined && !fleet.rollouts
        ? [
            'Which revision the pods should be on is not known, so a rollout that is stuck is not seen: --sha <revision>.',
          ]
        : []),
    ],
  };
}

function appToDiagnose(context: AnyAppContext): Diagnosed {
  const { app, session, account } = context;
  const { host } = new URL(app.url);
  const isKnown = { '--ready': app.ready, '--protected': app.protected[0], '--session': session };
  const without = Object.entries(isKnown).flatMap(([option, given]) => (given === undefined ? [option] : []));
  return {
    names: [host],
    urls: [app.url],
    before: [],
    askRound: roundOf(context, host),
    findings: (answers) => findingsOfAnyApp(answers, account !== undefined),
    closing: () => (without.length > 0 ? [`Not looked at, for want of ${without.join(', ')}.`] : []),
  };
}
