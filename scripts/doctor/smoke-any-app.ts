import { InvalidArgumentError, Option, type Command } from 'commander';
import { anyAppChecks, anyAppContext, type AnyAppContext } from '../../e2e/probes/any-app/checks.ts';
import { appSchema } from '../../e2e/probes/any-app/described-app.ts';
import { Live, type LiveAccess } from '../../fleet/engines/live/live.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { readGiven } from '../../fleet/read-given.ts';
import { fromCallersFolder, nonEmpty } from '../command/command-line.ts';
import { reportChecks } from './reports.ts';

/** Milliseconds that all checks together may take. */
const budget = 120_000;

export interface AnyAppOptions {
  url: string;
  signIn?: string | undefined;
  protected?: readonly string[];
  ready?: string | undefined;
  cookie?: string | undefined;
  issuer?: string | undefined;
  session?: string | undefined;
}

function parseAddress(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'https:' && !url.username) return url.origin;
  throw new InvalidArgumentError('Give an https address, such as https://app.example.');
}

/** Options that describe any app; only its address is needed. @param others options that say nothing about such an app. */
export const withAnyAppOptions = (command: Command, others: readonly string[]): Command =>
  command
    .addOption(
      new Option('--url <url>', 'instead: any app that signs in by OpenID Connect; the rest is found from there')
        .argParser(parseAddress)
        .conflicts([...others]),
    )
    .option('--sign-in <path>', 'where a sign-in of it begins', nonEmpty)
    .option(
      '--protected <path>',
      'what answers 200 to a signed-in user alone; may be given again',
      (path: string, before: string[] = []) => [...before, path],
    )
    .option('--ready <path>', 'what answers 200 when a pod of it can serve', nonEmpty)
    .option('--cookie <name>', 'name of its session cookie', nonEmpty)
    .option('--issuer <url>', 'issuer of its provider', nonEmpty)
    .option(
      '--session <file>',
      'file with the cookie header of a signed-in browser, to see which pods refuse it',
      fromCallersFolder,
    );

/** The app that options name; undefined: none. @throws HarnessError for what says nothing without its address. */
export function anyAppIn<Options extends Partial<AnyAppOptions>>(
  options: Options,
): (Options & AnyAppOptions) | undefined {
  const { url, signIn, protected: calls, ready, cookie, issuer, session } = options;
  if (url !== undefined) return { ...options, url };
  const given = Object.entries({ 'sign-in': signIn, protected: calls, ready, cookie, issuer, session });
  const [name] = given.find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return undefined;
  throw new HarnessError(`--${name} is about an app that --url names. Add --url <address>, or leave it out.`);
}

/** @throws HarnessError for options that are wrong. */
export function describedBy(
  { url, signIn, protected: calls, ready, cookie, issuer, session: file }: AnyAppOptions,
  access: LiveAccess = {},
): AnyAppContext {
  const described = appSchema.safeParse({ url, signIn, protected: calls, ready, cookie, issuer });
  if (!described.success) {
    const [{ path, message } = { path: [], message: '' }] = described.error.issues;
    throw new HarnessError(`--${String(path[0]).replace('signIn', 'sign-in')} ${message}.`);
  }
  const { headers, ...way } = access;
  return anyAppContext(described.data, new Live(way), file === undefined ? undefined : cookieIn(file), headers);
}

interface RunOptions {
  access?: LiveAccess;
  grep?: string | undefined;
  reports?: string | undefined;
  signal: AbortSignal;
}

/** Checks any app that is deployed, by GETs alone. @returns the exit code. */
export async function smokeAnyApp(
  options: AnyAppOptions,
  { access = {}, grep, reports, signal }: RunOptions,
): Promise<number> {
  const context = describedBy(options, access);
  const secrets = [context.session ?? '', ...Object.values(access.headers ?? {})].filter(Boolean);
  return reportChecks(anyAppChecks, context, {
    budget,
    signal,
    grep,
    secrets,
    reports,
    target: { urls: { app: options.url } },
  });
}

/** The `cookie` header in a file. @throws HarnessError without one. */
function cookieIn(file: string): string {
  const cookie = readGiven(file, '--session')
    .trim()
    .replace(/^cookie:\s*/i, '');
  if (/^[^\s=;]+=[^\n]*$/.test(cookie)) return cookie;
  throw new HarnessError(`${file} has no cookie header. Write "<name>=<value>" of a signed-in browser in it.`);
}
