import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { HarnessError } from '../../fleet/errors.ts';
import { commandAppSchema, filledIn, oneApp, path } from '../../fleet/one-app/command-app.ts';
import { surroundingsOf } from '../../fleet/one-app/one-app.ts';
import type { LogIn, WebAppDescription } from '../claims/web-app.ts';

/** A provider of the app's owner, in place of the mock. */
export const ownProviderSchema = z.strictObject({
  issuer: z.url().describe('Its issuer, as in its discovery document.'),
  clientId: z.string().min(1),
  clientSecret: z.string().describe('Empty for a public client.'),
  users: z
    .array(z.strictObject({ username: z.string(), password: z.string() }))
    .min(1)
    .describe('Users of it, who sign in again and again.'),
  hosts: z
    .array(z.string())
    .default([])
    .describe('Further hosts from which its pages load, such as *.example.net; the browser reaches no others.'),
  signIn: z
    .string()
    .min(1)
    .describe('A module whose default export `(page, user) => Promise<void>` fills in its login form.'),
});

/** An app that is checked: how it starts, and how a user signs in and out. */
export const checkedAppSchema = commandAppSchema.extend({
  provider: ownProviderSchema.optional(),
  signIn: path,
  /** Where a sign-in ends; known when one has begun. */
  callback: path.default('/'),
  calls: z.tuple([path], path),
  signOut: z.strictObject({ method: z.enum(['GET', 'POST']), path }).optional(),
  /** Variables of its next release. */
  nextEnv: z.record(z.string(), z.string()).optional(),
  /** Folder with specs of its owner, absolute. */
  specs: z.string().optional(),
});
export type CheckedApp = z.output<typeof checkedAppSchema>;

/** Variable with the file that describes the app, for every process of a check. */
export const checkedAppVariable = 'SESSION_CHECK_APP';
/** Empty: no app is checked. Read when it is used, because a global setup sets it. */
export const checkedAppFile = (): string => process.env[checkedAppVariable] ?? '';

/** The app of this check. */
export const checkedApp = (): CheckedApp => checkedAppSchema.parse(JSON.parse(readFileSync(checkedAppFile(), 'utf8')));

/** What claims need to know of it. @throws HarnessError when there is no function for the login form of its provider. */
export async function webAppOf(app: CheckedApp): Promise<WebAppDescription> {
  const { signIn, callback, calls, signOut, backChannel, provider, nextEnv } = app;
  const one = oneApp(app);
  const surroundings = surroundingsOf(one);
  const logIn = provider && (await logInOf(provider.signIn));
  return {
    name: one.name,
    signIn,
    callback,
    home: null,
    calls,
    namesPods: false,
    issuer: surroundings.issuer,
    ...(logIn && { logIn }),
    ...(signOut && { signOut }),
    ...(nextEnv && { nextEnv: filledIn(nextEnv, surroundings) }),
    ...(backChannel && { backChannel }),
  };
}

async function logInOf(file: string): Promise<LogIn> {
  const { default: logIn } = await (import(pathToFileURL(file).href) as Promise<{ default?: LogIn }>).catch(
    (cause: Error) => {
      throw new HarnessError(`${file} does not load: ${cause.message}`, { cause });
    },
  );
  if (typeof logIn === 'function') return logIn;
  throw new HarnessError(`${file} has no function as its default export: export default async (page, user) => { … }`);
}
