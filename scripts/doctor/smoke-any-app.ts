import { readFileSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import { anyAppChecks, anyAppContext, type AnyAppContext } from '../../e2e/probes/any-app/checks.ts';
import { appSchema } from '../../e2e/probes/any-app/described-app.ts';
import { Live, type LiveAccess } from '../../fleet/engines/live/live.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { fromCallersFolder, nonEmpty } from '../command/command-line.ts';
import { writeReports } from './reports.ts';
import { exitCodeOf, runChecks } from './run-checks.ts';

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

/** Options that describe any app; only its address is needed. */
export const withAnyAppOptions = (command: Command): Command =>
  command
    .option(
      '--url <url>',
      'instead: any app that signs in by OpenID Connect; the rest is found from there',
      parseAddress,
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
  const records = await runChecks(anyAppChecks, context, { budget, signal, grep, secrets });
  if (reports !== undefined) writeReports(reports, { urls: { app: options.url } }, records);
  return exitCodeOf(records);
}

/** The `cookie` header in a file. @throws HarnessError without one. */
function cookieIn(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new HarnessError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}). Give --session a file.`);
  }
  const cookie = text.trim().replace(/^cookie:\s*/i, '');
  if (/^[^\s=;]+=[^\n]*$/.test(cookie)) return cookie;
  throw new HarnessError(`${file} has no cookie header. Write "<name>=<value>" of a signed-in browser in it.`);
}
