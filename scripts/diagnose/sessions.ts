import { readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { appNames, forEachApp, type AppName } from '../../apps/environment/apps.ts';
import { bareName, contract } from '../../e2e/contract.ts';
import { blockWrites, browserAccess } from '../../e2e/smoke/browser.ts';
import type { Account } from '../../e2e/smoke/target.ts';
import { cookieHeader, signIn, stepTimeout } from '../../e2e/smoke/test-user.ts';
import type { Visitor } from '../../e2e/smoke/visitor.ts';
import { Unreachable } from '../../fleet/engines/live/unreachable.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { browserOptions } from '../../fixtures/browser.ts';
import type { Sessions } from './probe.ts';

const sessionCookie = bareName(contract.sessionCookie);

/** The session in a file with a `cookie` header, of whichever app accepts it. @throws HarnessError without one. */
export function sessionsIn(file: string): Sessions {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new HarnessError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}). Give --cookie a file.`);
  }
  const cookie = text.replace(/^\s*cookie:\s*/i, '').trim();
  const lines = Object.fromEntries(
    cookie.split('\n').flatMap((line) => {
      const [, app = '', value = ''] = /^(\w[\w-]*):\s*(.+)$/.exec(line) ?? [];
      return (appNames as readonly string[]).includes(app) ? [[app, value]] : [];
    }),
  ) as Sessions;
  if (Object.keys(lines).length > 0) return lines;
  if (cookie.includes(sessionCookie) && !cookie.includes('\n')) return forEachApp(() => cookie);
  throw new HarnessError(
    `${file} has no session cookie. Write lines such as "${appNames[0]}: ${contract.sessionCookie}=…" in it, from the cookie header of a browser.`,
  );
}

/**
 * Signs the test user in to each app. An app that does not let the user in, or does not answer, has no session.
 * @returns the sessions, and a sentence for each sign-in that failed.
 */
export async function signedInSessions(
  visitor: Visitor,
  account: Account,
): Promise<{ sessions: Sessions; problems: string[] }> {
  const problems: string[] = [];
  const access = await browserAccess(visitor).catch((error: unknown) => {
    if (!(error instanceof Unreachable)) throw error;
    problems.push(error.message);
    return undefined;
  });
  if (!access) return { sessions: {}, problems };
  const browser = await chromium.launch({ ...browserOptions(), args: access.arguments });
  const sessions: Partial<Record<AppName, string>> = {};
  try {
    for (const app of appNames) {
      const own = visitor.target.urls[app];
      const context = await browser.newContext(access.context);
      await blockWrites(context, visitor.target);
      const page = await context.newPage();
      page.setDefaultTimeout(stepTimeout);
      const problem = await signIn(page, own, account).then(
        () => undefined,
        (error: Error) => error.message,
      );
      const cookie = await cookieHeader(context, own);
      // Behind a fault that refuses sessions the sign-in ends at the sign-in page, with a cookie all the same.
      if (cookie.includes(sessionCookie)) sessions[app] = cookie;
      else problems.push(`${app}: ${problem ?? 'the sign-in left no session cookie.'}`);
      await context.close();
    }
  } finally {
    await browser.close();
  }
  return { sessions, problems };
}
