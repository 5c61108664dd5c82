import { readFileSync } from 'node:fs';
import { appNames } from '../../apps/environment/apps.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { contract } from '../contract.ts';
import type { SessionCookies } from './probes.ts';

/** The sessions in a file: a line `<app>: <cookie header>` for each. @throws HarnessError without one. */
export function sessionsIn(file: string): SessionCookies {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new HarnessError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}). Give --cookie a file.`);
  }
  const sessions = Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const [, app = '', value = ''] = /^\s*(\w[\w-]*):\s*(\S.*)$/.exec(line) ?? [];
      return (appNames as readonly string[]).includes(app) ? [[app, value]] : [];
    }),
  ) as SessionCookies;
  if (Object.keys(sessions).length > 0) return sessions;
  throw new HarnessError(
    `${file} has no session cookie. Write lines such as "${appNames[0]}: ${contract.sessionCookie}=…" in it, from the cookie header of a browser.`,
  );
}
