// `npm run diagnose`: asks a deployed fleet for a while, and says what is wrong with which pod. It changes nothing.
import { styleText } from 'node:util';
import { appNames } from '../apps/environment/apps.ts';
import { SmokeClient } from '../e2e/smoke/client.ts';
import { describeFinding, findingsIn, unnamedIn } from '../e2e/smoke/findings.ts';
import { askEachSecond, tally } from '../e2e/smoke/probes.ts';
import { sessionsIn } from '../e2e/smoke/session-file.ts';
import { exitCodes } from '../fleet/errors.ts';
import { commandLine, fromCallersFolder, positiveNumber } from './command/command-line.ts';
import { interruption } from './command/interruption.ts';
import * as live from './command/live-options.ts';
import { progress, runCommand } from './command/run-command.ts';

const command = live
  .withTargetOptions(commandLine('diagnose'))
  .description(
    'Sends requests to each pod of a deployed fleet for a while, and says which pod answers what wrongly. It is read-only.',
  )
  .option('--for <seconds>', 'how long to ask', positiveNumber, 15)
  .option(
    '--cookie <file>',
    'file with a line "<app>: <cookie header>" for each session, to see which pods refuse it',
    fromCallersFolder,
  );
const options = live
  .withConnectionOptions(command)
  .addHelpText(
    'after',
    `
It asks as \`smoke --watch\` does, and 4 x GET /api/me with a session.
Exit codes: 0 nothing is wrong, 1 something is, 2 wrong options or the harness failed, 77 cannot run here.`,
  )
  .parse()
  .opts<live.ConnectionOptions & { run?: string; for: number; cookie?: string }>();

await runCommand(async () => {
  const fleet = await live.fleetFrom(options);
  const client = new SmokeClient({ ...fleet, pods: 1, wait: 0, budget: 0, authorize: false });
  const sessions = options.cookie === undefined ? {} : sessionsIn(options.cookie);
  progress(`Asking for ${options.for} s …`);
  const answers = await askEachSecond(client, { sessions, seconds: options.for, signal: interruption });
  interruption.throwIfAborted();
  for (const app of appNames) {
    const answered = answers.filter(({ of, status }) => of === app && status > 0);
    console.log(`${app}: ${tally(answered.map(({ problem: _problem, ...answer }) => answer)) || 'no answer'}`);
  }
  const findings = findingsIn(answers);
  for (const [index, finding] of findings.entries()) console.log(`\n${describeFinding(finding, index + 1)}`);
  for (const sentence of unnamedIn(answers)) console.log(`\n${sentence}`);
  if (findings.length > 0) return exitCodes.productFailed;
  console.log(`\n${styleText('green', '✓')} Nothing is wrong in ${answers.length} answers.`);
  if (Object.keys(sessions).length === 0)
    console.log('No session was used, so it is not known whether a pod refuses one. Give one: --cookie <file>');
  return exitCodes.passed;
});
