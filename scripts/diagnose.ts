// `npm run diagnose`: asks a deployed fleet for a while, and says what is wrong with which pod. It changes nothing.
import { styleText } from 'node:util';
import { appNames } from '../apps/environment/apps.ts';
import { causesIn, describeCause, unnamedIn } from '../e2e/smoke/causes.ts';
import { SmokeClient } from '../e2e/smoke/client.ts';
import { askEachSecond, tally } from '../e2e/smoke/probes.ts';
import { accountIn } from '../e2e/smoke/target.ts';
import { sessionsFor } from '../e2e/smoke/test-user.ts';
import { exitCodes } from '../fleet/errors.ts';
import { commandLine, fromCallersFolder } from './command/command-line.ts';
import { interruption } from './command/interruption.ts';
import * as live from './command/live-options.ts';
import { progress, runCommand } from './command/run-command.ts';

const command = live
  .withTargetOptions(commandLine('diagnose'))
  .description(
    'Sends requests to each pod of a deployed fleet for a while, and reports likely causes of failures. It is read-only.',
  )
  .option('--for <seconds>', 'how long to ask', live.parseNumber(1), 15)
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
A session comes from --cookie, or from signing in the test user SMOKE_USERNAME with SMOKE_PASSWORD in a browser.
Exit codes: 0 nothing is wrong, 1 a cause was found, 2 wrong options or the harness failed, 77 cannot run here.`,
  )
  .parse()
  .opts<live.ConnectionOptions & { run?: string; for: number; cookie?: string }>();

await runCommand(async () => {
  const fleet = await live.fleetFrom(options);
  const client = new SmokeClient({ ...fleet, pods: 1, wait: 0, budget: 0, authorize: false });
  const account = accountIn(process.env);
  if (account && options.cookie === undefined) progress('Signing the test user in …');
  const { sessions, problems } = await sessionsFor(client, { account, cookie: options.cookie });
  progress(`Asking for ${options.for} s …`);
  const answers = await askEachSecond(client, { sessions, seconds: options.for, signal: interruption });
  interruption.throwIfAborted();
  for (const app of appNames) {
    const answered = answers.filter(({ of, status }) => of === app && status > 0);
    console.log(`${app}: ${tally(answered.map(({ problem: _problem, ...answer }) => answer)) || 'no answer'}`);
  }
  const causes = causesIn(answers, problems);
  for (const [index, cause] of causes.entries()) console.log(`\n${describeCause(cause, index + 1)}`);
  for (const sentence of unnamedIn(answers)) console.log(`\n${sentence}`);
  if (causes.length > 0) return exitCodes.productFailed;
  console.log(`\n${styleText('green', '✓')} Nothing is wrong in ${answers.length} answers.`);
  if (Object.keys(sessions).length === 0)
    console.log('No session was used, so it is not known whether a pod refuses one. Give one: --cookie <file>');
  return exitCodes.passed;
});
