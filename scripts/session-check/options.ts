import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { exitCodes } from '../../fleet/errors.ts';
import { placeholderNames } from '../../fleet/one-app/command-app.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { fromCallersFolder, nonEmpty, plainErrors } from '../command/command-line.ts';
import { withConnectionOptions, type ConnectionOptions } from '../live/connection-options.ts';
import { presets } from './presets.ts';

/** How a check runs. What it is told of the app is in the configuration, too. */
export interface RunOptions {
  only?: string;
  /** One of the faults of the configuration. */
  fault?: string;
  /** An app that is deployed; it is only read. */
  deployed?: Deployed;
  headed?: boolean;
  report: string;
}

/** What options say of an app that is deployed, and of the way there. */
type Deployed = ConnectionOptions & { url?: string; issuer?: string; session?: string };

function address(text: string): string {
  if (URL.parse(text)?.protocol === 'https:') return text;
  throw new InvalidArgumentError('Give an https address, such as https://app.example.');
}

/** Options that say something about an app that is deployed. */
const ofDeployed: ReadonlySet<string> = new Set(['signIn', 'protected', 'ready', 'cookie']);

const each = (text: string, before: string[] = []): string[] => [...before, text];

function variable(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, value = ''] = /^([A-Za-z_]\w*)=([^]*)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError("Give a variable and its value, such as 'ISSUER={issuer}'.");
  return { ...before, [name]: value };
}

const placeholders = placeholderNames.map((name) => `{${name}}`).join(', ');

/** Options about the app, with the names of its settings. */
const withApp = (command: Command): Command =>
  command
    .addOption(
      new Option('--engine <name>', 'what runs the app: processes, or a k3s node in Docker (default: local)').choices([
        'local',
        'k3s',
      ]),
    )
    .option('--start <command>', 'what starts one process of the app', nonEmpty)
    .option('--manifests <path>', 'with k3s: a YAML file, or the folder of a kustomization', nonEmpty)
    .option('--deployment <name>', 'with k3s: the Deployment of the app, of several', nonEmpty)
    .option('--image <reference>', 'with k3s: the image of the app in Docker, in place of the named one', nonEmpty)
    .option('--in <folder>', 'where it is started (default: here)', fromCallersFolder)
    .option('--sign-in <path>', 'where a sign-in begins', nonEmpty)
    .option('--protected <path>', 'what answers 200 to a signed-in user alone; may be given again', each)
    .option('--sign-out <request>', 'what signs out: a path, or `POST <path>` for a form', nonEmpty)
    .option('--back-channel <path>', 'what takes logout tokens', nonEmpty)
    .option('--cookie <name>', 'name of the session cookie', nonEmpty)
    .option('--ready <path>', 'what answers 200 when the app can serve (default: it can when it listens)', nonEmpty)
    .option('--port-variable <name>', 'variable with the port to listen on (default: PORT)', nonEmpty)
    .option('--redis <variable>', 'start a Redis, whose URL is in this variable', nonEmpty)
    .addOption(new Option('--preset <name>', 'variables that a library reads').choices(Object.keys(presets)))
    .option(
      '--env <name=value>',
      `a variable of the app; ${placeholders} stand for those of this run; may be given again`,
      variable,
    )
    .option(
      '--next-env <name=value>',
      'a variable of the next release, to which the rollout leads; may be given again (default: a restart)',
      variable,
    )
    .option(
      '--plain-http',
      'the provider is at http://localhost, for an app that trusts no authority of its environment',
    )
    .option('--specs <folder>', 'run Playwright specs of your own, too', nonEmpty);

const withRun = (command: Command): Command =>
  command
    .option('--headed', 'show the browser')
    .option(
      '--report <folder>',
      'where the report is written',
      fromCallersFolder,
      fromCallersFolder('session-check-report'),
    );

/** The command line; `run` gets the name of a command, the settings that were given as options, and how it runs. */
export function sessionCheckCommand(
  run: (command: 'check' | 'prove' | 'init', app: Record<string, unknown>, options: RunOptions) => Promise<void>,
): Command {
  const program = new Command('session-check')
    .description(
      'Proves nine claims about the sessions of a web app that signs in by OpenID Connect. It starts two processes of the app, a mock Authentik, a balancer and a browser. What it is told of the app is in session-check.config.ts, or in options.',
    )
    .version((JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as { version: string }).version)
    .configureOutput(plainErrors)
    .showHelpAfterError('Run: session-check --help')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.passed : exitCodes.harnessFailed));
  const act = (name: 'check' | 'prove' | 'init') => (given: Record<string, unknown> & RunOptions & Deployed) => {
    const { only, fault, headed, report, url, issuer, session, proxy, connectTo, ca, header, ...app } = given;
    const deployed = { url, issuer, session, proxy, connectTo, ca, header };
    return run(name, app, {
      report,
      ...(only !== undefined && { only }),
      ...(fault !== undefined && { fault }),
      ...(Object.values(deployed).some((value) => value !== undefined) && { deployed: deployed as Deployed }),
      ...(headed && { headed }),
    });
  };
  const check = program.command('check', { isDefault: true }).description('try the claims on the app');
  withRun(
    withApp(check)
      .option('--only <claims>', 'only these claims, separated by commas', nonEmpty)
      .option('--fault <name>', 'put a fault of the configuration in', nonEmpty),
  ).action(act('check'));
  const others = check.options.map((option) => option.attributeName()).filter((name) => !ofDeployed.has(name));
  check
    .addOption(
      new Option('--url <address>', 'instead of --start: what GETs show of an app that is deployed')
        .argParser(address)
        .conflicts(others),
    )
    .option('--issuer <url>', 'with --url: issuer of its provider', nonEmpty)
    .option('--session <file>', 'with --url: file with the cookie header of a signed-in browser', fromCallersFolder);
  withConnectionOptions(check);
  const prove = program
    .command('prove')
    .description('put each fault of the configuration in, and demand that its claims are broken');
  withRun(withApp(prove)).action(act('prove'));
  withApp(
    program
      .command('init')
      .description('write a configuration, a spec and a CI job; asks for what these options do not say'),
  ).action(act('init'));
  // Most people call it without a command.
  const optionsOfCheck = check.helpInformation().replace(/^[^]*?\nOptions:/, '\nOptions of check:');
  return program.addHelpText('after', () => optionsOfCheck + example);
}

const example = `
Example:
  session-check --start 'node server.js' --sign-in /login --protected /api/me \\
    --sign-out 'POST /logout' --cookie connect.sid --redis REDIS_URL

Exit codes: 0 all that apply are proved, 1 a claim is not, 2 the check itself failed, 77 it cannot run here, 130 interrupted.`;
