import { InvalidArgumentError, Option, type Command } from 'commander';
import type { z } from 'zod';
import { anyAppChecks, anyAppContext, type AnyAppContext } from '../../e2e/probes/any-app/checks.ts';
import { appSchema } from '../../e2e/probes/any-app/described-app.ts';
import { Live, type LiveAccess } from '../../fleet/engines/live/live.ts';
import { accountIn } from '../../e2e/probes/account.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { readGiven } from '../../fleet/read-given.ts';
import { fromCallersFolder, nonEmpty } from '../command/command-line.ts';
import { reportChecks } from './reports.ts';

export type AnyAppOptions = Partial<z.input<typeof appSchema>> & { session?: string };

/** Milliseconds that all checks together may take. */
const budget = 120_000;

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
    .option('--issuer <url>', 'issuer of its provider', nonEmpty)
    .option(
      '--session <file>',
      'file with the cookie header of a signed-in browser, to see which pods refuse it',
      fromCallersFolder,
    );

const aboutTheApp = ['signIn', 'protected', 'ready', 'cookie', 'issuer', 'session'] as const;
const flagOf = (name: string): string => `--${name.replace('signIn', 'sign-in')}`;

/** The app that options name; undefined: none. @throws HarnessError for options that are wrong, or need its address. */
export async function anyAppIn(
  options: AnyAppOptions,
  { headers, ...way }: LiveAccess,
): Promise<AnyAppContext | undefined> {
  if (options.url === undefined) {
    const name = aboutTheApp.find((each) => options[each] !== undefined);
    if (name === undefined) return undefined;
    throw new HarnessError(`${flagOf(name)} is about an app that --url names. Add --url <address>, or leave it out.`);
  }
  const { data, error } = appSchema.safeParse(options);
  if (!data) {
    const [{ path, message } = { path: [], message: '' }] = error.issues;
    throw new HarnessError(`${flagOf(String(path[0]))} ${message}.`);
  }
  const cookie = options.session === undefined ? undefined : await cookieIn(options.session);
  const account = accountIn(process.env);
  return anyAppContext(data, new Live(way), { cookie, account, ...(headers && { headers }) });
}

/** Checks any app that is deployed, by GETs but for the sign-in of a test user. @returns the exit code. */
export const smokeAnyApp = (
  app: AnyAppContext,
  { reports, ...options }: { grep?: string | undefined; reports?: string | undefined; signal: AbortSignal },
): Promise<number> =>
  reportChecks(anyAppChecks, app, {
    ...options,
    budget,
    secrets: app.secrets,
    reports,
    target: { urls: { app: app.app.url } },
  });

/** The `cookie` header in a file. @throws HarnessError without one. */
async function cookieIn(file: string): Promise<string> {
  const cookie = (await readGiven(file, '--session')).trim().replace(/^cookie:\s*/i, '');
  if (/^[^\s=;]+=\P{Cc}*$/u.test(cookie)) return cookie;
  throw new HarnessError(`${file} has no cookie header. Write "<name>=<value>" of a signed-in browser in it.`);
}
