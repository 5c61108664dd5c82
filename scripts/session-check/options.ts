import { Command, InvalidArgumentError, Option } from 'commander';
import type { CheckedApp } from '../../e2e/any-app/checked-app.ts';
import { placeholderNames } from '../../fleet/one-app/command-app.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { fromCallersFolder, nonEmpty } from '../command/command-line.ts';
import { presets } from './presets.ts';

export interface CheckOptions {
  start: string;
  in: string;
  signIn: string;
  protected: [string, ...string[]];
  signOut?: CheckedApp['signOut'];
  backChannel?: string;
  cookie: string;
  ready?: string;
  portVariable: string;
  redis?: string;
  preset?: keyof typeof presets;
  env: Record<string, string>;
  only?: string;
  headed?: boolean;
  report: string;
}

function path(text: string): string {
  if (/^\/\S*$/.test(text)) return text;
  throw new InvalidArgumentError('Give a path of the app, such as /login.');
}

function request(text: string): NonNullable<CheckedApp['signOut']> {
  const [, method = 'GET', target = ''] = /^(?:(GET|POST) +)?(\S+)$/.exec(text) ?? [];
  return { method: method as 'GET' | 'POST', path: path(target) };
}

const each = (text: string, before: string[] = []): string[] => [...before, path(text)];

function variable(text: string, before: Record<string, string>): Record<string, string> {
  const [, name, value = ''] = /^([A-Za-z_]\w*)=([^]*)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError("Give a variable and its value, such as 'ISSUER={issuer}'.");
  return { ...before, [name]: value };
}

export const checkCommand = (): Command =>
  new Command('session-check')
    .description(
      'Starts two processes of a web app that signs in by OpenID Connect, a mock Authentik, a balancer and a browser,\n' +
        'and proves nine claims about its sessions.',
    )
    .requiredOption('--start <command>', 'what starts one process of the app', nonEmpty)
    .option('--in <folder>', 'where it is started', fromCallersFolder, fromCallersFolder('.'))
    .requiredOption('--sign-in <path>', 'where a sign-in begins', path)
    .requiredOption('--protected <path>', 'what answers 200 to a signed-in user alone; may be given again', each)
    .option('--sign-out <request>', 'what signs out: a path, or `POST <path>` for a form', request)
    .option('--back-channel <path>', 'what takes logout tokens', path)
    .requiredOption('--cookie <name>', 'name of the session cookie', nonEmpty)
    .option('--ready <path>', 'what answers 200 when the app can serve (default: it can when it listens)', path)
    .option('--port-variable <name>', 'variable with the port to listen on', nonEmpty, 'PORT')
    .option('--redis <variable>', 'start a Redis, whose URL is in this variable', nonEmpty)
    .addOption(new Option('--preset <name>', 'variables that a library reads').choices(Object.keys(presets)))
    .option(
      '--env <name=value>',
      `a variable of the app; ${placeholderNames.map((name) => `{${name}}`).join(', ')} stand for those of this run`,
      variable,
      {},
    )
    .option('--only <claims>', 'only these claims, separated by commas', nonEmpty)
    .option('--headed', 'show the browser')
    .option(
      '--report <folder>',
      'where the report is written',
      fromCallersFolder,
      fromCallersFolder('session-check-report'),
    )
    .addHelpText(
      'after',
      '\nExample:\n' +
        "  session-check --start 'node server.js' --sign-in /login --protected /api/me \\\n" +
        "    --sign-out 'POST /logout' --cookie connect.sid --redis REDIS_URL\n" +
        '\nExit codes: 0 all proved, 1 a claim is broken, 2 the check itself failed, 77 it cannot run here.',
    )
    .showHelpAfterError('Run: session-check --help')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.passed : exitCodes.harnessFailed));
