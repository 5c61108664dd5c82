import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { commandAppSchema, oneApp, path } from '../../fleet/one-app/command-app.ts';
import { surroundingsOf } from '../../fleet/one-app/one-app.ts';
import type { WebAppDescription } from '../claims/web-app.ts';

/** An app that is checked: how it starts, and how a user signs in and out. */
export const checkedAppSchema = commandAppSchema.extend({
  signIn: path,
  /** Where a sign-in ends; known when one has begun. */
  callback: path.default('/'),
  calls: z.tuple([path], path),
  signOut: z.strictObject({ method: z.enum(['GET', 'POST']), path }).optional(),
  /** Folder with specs of its owner, absolute. */
  specs: z.string().optional(),
});
export type CheckedApp = z.output<typeof checkedAppSchema>;

/** Variable with the file that describes the app, for every process of a check. */
export const checkedAppVariable = 'SESSION_CHECK_APP';
export const checkedAppFile = process.env[checkedAppVariable] ?? '';

/** The app of this check. */
export const checkedApp = (): CheckedApp => checkedAppSchema.parse(JSON.parse(readFileSync(checkedAppFile, 'utf8')));

/** What claims need to know of it. */
export function webAppOf(app: CheckedApp): WebAppDescription {
  const { signIn, callback, calls, signOut, backChannel } = app;
  const one = oneApp(app);
  return {
    name: one.name,
    signIn,
    callback,
    home: null,
    calls,
    namesPods: false,
    issuer: surroundingsOf(one).issuer,
    ...(signOut && { signOut }),
    ...(backChannel && { backChannel }),
  };
}
