// `npm run diagnose`: looks at a deployed fleet for a while, and says what is wrong with which pod. It changes nothing.
import { styleText } from 'node:util';
import { Option } from 'commander';
import { appNames } from '../apps/environment/apps.ts';
import { accountIn, type Target } from '../e2e/smoke/target.ts';
import { Visitor } from '../e2e/smoke/visitor.ts';
import { exitCodes } from '../fleet/errors.ts';
import { commandLine } from './command/command-line.ts';
import { ask } from './diagnose/ask.ts';
import { causesIn, withSignIns, type Cause } from './diagnose/causes.ts';
import { limitsOf } from './diagnose/limits.ts';
import type { Sessions } from './diagnose/probe.ts';
import type { Sample } from './diagnose/sample.ts';
import { sessionsIn, signedInSessions } from './diagnose/sessions.ts';
import { interruption } from './command/interruption.ts';
import { fromCallersFolder } from './command/callers-folder.ts';
import { progress, runCommand } from './command/run-command.ts';
import { accessBy, withAccessOptions, type ConnectionOptions } from './smoke/connection-options.ts';
import { fleetAccess } from './smoke/fleet-access.ts';
import { parseSeconds } from './smoke/formats.ts';
import { urlAttributes, urlsFrom, withUrlOptions } from './smoke/url-options.ts';

interface Options extends ConnectionOptions {
  run?: string;
  for: number;
  cookie?: string;
}

/** Milliseconds between two lines of progress. */
const lineMs = 5000;

const options = withAccessOptions(
  withUrlOptions(commandLine('diagnose'))
    .description(
      'Sends requests to each pod of a deployed fleet for a while, and reports likely causes of failures. It is read-only.',
    )
    .addOption(
      new Option('--run <id>', 'ask this fleet of this machine, whose addresses are then known').conflicts([
        ...urlAttributes,
        'proxy',
        'connectTo',
        'ca',
      ]),
    )
    .option('--for <seconds>', 'how long to ask', parseSeconds(1), 15)
    .option('--cookie <file>', 'file with the cookie header of a session, to see which pods refuse it'),
)
  .addHelpText(
    'after',
    `
Twice a second, for each app: 1 x /api/_health/ready, 1 x /auth/oidc/login, 1 x /api/me, and 1 x /api/me with a session.
A session comes from --cookie, or from signing in the test user SMOKE_USERNAME with SMOKE_PASSWORD in a browser.
Exit codes: 0 nothing is wrong, 1 a cause was found, 2 wrong options or the harness failed, 77 cannot run here.`,
  )
  .parse()
  .opts<Options>();

await runCommand(async () => {
  const visitor = new Visitor(await targetOf(options), { counted: false });
  const { sessions, problems } = await sessionsFor(visitor);
  const samples = await ask(visitor, sessions, {
    ms: options.for * 1000,
    signal: interruption,
    onRound: lineAfterRounds(),
  });
  for (const app of appNames) console.log(podsOf(app, samples));
  const causes = withSignIns(causesIn(samples), problems);
  for (const [index, cause] of causes.entries()) console.log(`\n${described(cause, index + 1)}`);
  const limits = appNames.flatMap((app) => limitsOf(app, samples));
  if (limits.length > 0) console.log(`\n${limits.join('\n')}`);
  if (causes.length > 0) return exitCodes.productFailed;
  console.log(`\n${styleText('green', '✓')} Nothing is wrong in ${samples.length} answers.`);
  if (Object.keys(sessions).length === 0)
    console.log('No session was used, so it is not known whether a pod refuses one. Give one: --cookie <file>');
  return exitCodes.passed;
});

async function targetOf({ run, ...given }: Options): Promise<Target> {
  const { urls, access } =
    run === undefined ? { urls: urlsFrom({ ...given }), access: accessBy(given) } : await fleetAccess(run);
  return { urls, pods: 1, streak: 1, wait: 0, budget: 0, authorize: false, ...access };
}

async function sessionsFor(visitor: Visitor): Promise<{ sessions: Sessions; problems: readonly string[] }> {
  if (options.cookie !== undefined) return { sessions: sessionsIn(fromCallersFolder(options.cookie)), problems: [] };
  const account = accountIn(process.env);
  if (!account) return { sessions: {}, problems: [] };
  progress('Signing the test user in …');
  return signedInSessions(visitor, account);
}

/** Prints a line of progress after some rounds. */
function lineAfterRounds(): (elapsed: number, answers: number) => void {
  let nextLine = lineMs;
  return (elapsed, answers) => {
    if (elapsed < nextLine) return;
    progress(`${Math.round(elapsed / 1000)} of ${options.for} s: ${answers} answers`);
    nextLine += lineMs;
  };
}

/** `operator: operator-a on 1.0.0 (40 answers), operator-b on 1.0.0 (40 answers)`. */
function podsOf(app: string, samples: readonly Sample[]): string {
  const answered = samples.filter((sample) => sample.app === app && sample.failure === undefined);
  const groups = Map.groupBy(
    answered,
    ({ pod, revision }) => `${pod || 'an unnamed pod'} on ${revision || 'an unnamed revision'}`,
  );
  return `${app}: ${[...groups].map(([who, its]) => `${who} (${its.length} answer${its.length === 1 ? '' : 's'})`).join(', ') || 'no answer'}`;
}

function described({ what, evidence, next }: Cause, number: number): string {
  return [styleText('red', `${number}. ${what}`), ...evidence.map((line) => `   ${line}`), `   Next: ${next}`].join(
    '\n',
  );
}
